"""Which of AWS's services do handlers find here besides the store? One module for each."""

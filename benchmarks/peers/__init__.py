"""What would one use instead? Socket servers of the usual kind, beside the local cloud."""

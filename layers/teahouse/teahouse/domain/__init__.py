"""What is true of chat rooms: no I/O, no clock, no JSON."""

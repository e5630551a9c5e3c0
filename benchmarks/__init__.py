"""What does it cost? Each benchmark is a module here, and a target of the Makefile."""

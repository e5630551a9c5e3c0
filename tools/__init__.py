"""What can a developer run? One module a command; `make help` lists the usual ones."""

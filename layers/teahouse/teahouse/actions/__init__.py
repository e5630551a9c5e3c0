"""What people can do: one file per verb, each load, check, write, tell."""

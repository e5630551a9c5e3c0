"""A handler whose module raises."""

raise ValueError("no tea in the pot")

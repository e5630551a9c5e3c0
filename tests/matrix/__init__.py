"""Who may do what, in which room, by which trick? The table, and every cell of it tried."""

"""What travels: the single source of both ends' types."""

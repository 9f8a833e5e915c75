"""What the school does, one act a file."""

"""What the operator sees: logs without secrets, metrics without people."""

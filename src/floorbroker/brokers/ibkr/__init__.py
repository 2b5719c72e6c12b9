"""Interactive Brokers, and nothing of any other broker."""

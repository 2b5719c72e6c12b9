"""E*TRADE, and nothing of any other broker."""

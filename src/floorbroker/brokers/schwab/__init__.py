"""Charles Schwab, and nothing of any other broker."""

"""Alpaca, and nothing of any other broker."""

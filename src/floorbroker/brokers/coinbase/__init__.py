"""Coinbase, and nothing of any other broker."""

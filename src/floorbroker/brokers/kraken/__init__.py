"""Kraken, and nothing of any other broker."""

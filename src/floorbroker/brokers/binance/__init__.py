"""Binance, and nothing of any other broker."""

"""Webull, and nothing of any other broker."""

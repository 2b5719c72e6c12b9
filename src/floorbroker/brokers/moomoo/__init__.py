"""Moomoo, and nothing of any other broker."""

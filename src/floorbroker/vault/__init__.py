"""Sealing: what must stay secret in the store is encrypted before it gets there."""

"""Storage, tested on every engine."""

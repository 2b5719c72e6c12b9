"""The documentation against the code: what is generated, what must exist, what must be said."""

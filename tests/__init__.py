"""A real package, because some SDKs install a top-level `tests` of their own that would hide it."""

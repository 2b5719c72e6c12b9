"""A scripted broker that asks for keys: the exchange of `tests/fakes/exchange`, with a lock."""

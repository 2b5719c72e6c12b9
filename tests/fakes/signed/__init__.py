"""A scripted broker at which people sign in: `tests/fakes/exchange`, behind tokens."""

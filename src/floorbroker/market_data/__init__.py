"""Market data from somewhere else than a broker; to look at, never to price an order."""

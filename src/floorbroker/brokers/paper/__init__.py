"""The built-in paper broker: a simulated market, and books that live in the store."""

"""The store fails at every moment of an order, on the real engines.

Whoever was told that nothing was sent was told the truth, nothing is sent twice, and what was sent
is read back from the broker, which here is a simulated Alpaca.
"""

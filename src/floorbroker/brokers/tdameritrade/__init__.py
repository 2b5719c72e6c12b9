"""TD Ameritrade, and nothing of any other broker."""

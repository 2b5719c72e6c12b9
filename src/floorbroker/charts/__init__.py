"""Pictures of what the market and a portfolio did."""

"""A broker whose every answer is written by the test; it stands in for Alpaca in the factory."""

"""Trade in your own brokerage accounts from Discord."""

__version__ = "0.1.0"

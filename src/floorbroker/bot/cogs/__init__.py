"""The commands: typed options in, one service call, one card out."""

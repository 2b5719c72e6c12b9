"""What the product does, without Discord."""

"""What the product does, without Discord and without naming a broker."""

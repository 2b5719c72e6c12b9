"""Discord: commands in, cards out. Decides nothing about orders."""

"""Computed figures of options: whatever comes from here is labelled as computed."""

"""Brokers for tests: folders of the usual shape, reached through a manifest like real ones."""

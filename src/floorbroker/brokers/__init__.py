"""Brokers: one folder each behind one port, a registry of manifests, a factory."""

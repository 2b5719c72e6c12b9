"""What docs/reliability.md claims, measured: `make campaign` runs every row at its full size."""

"""The measurements of docs/performance.md: `python -m bench`, or some rows of it: `… P1 P4`."""

"""Documents on MongoDB or SQLite, and one typed repository a collection. Never sees a secret."""

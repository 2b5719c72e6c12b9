"""What the trade is about, without I/O: orders, instruments, portfolios, risk, errors."""

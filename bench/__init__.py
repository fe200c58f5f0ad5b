"""Measures the whole system as customers and agents meet it: `make bench`, docs/performance.md."""

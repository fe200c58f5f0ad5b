"""Invoices: numbered once an order, copies mailed to the address on file."""

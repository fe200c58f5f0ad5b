"""Codes that customers type at the checkout, and what they are good for."""

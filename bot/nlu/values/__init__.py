"""What customers name in a message: numbers, amounts, days, products, places. One module a kind."""

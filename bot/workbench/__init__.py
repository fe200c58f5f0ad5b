"""What designers ask the model while they work; it never answers a customer."""

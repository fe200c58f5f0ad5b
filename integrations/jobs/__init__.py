"""What happens by itself, in one gateway process at a time."""

"""A changing call happens once, however often it is sent."""

"""Example: a platform that calls us with signed events and is called back with JSON."""

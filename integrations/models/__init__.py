"""Which model serves whom: what was published, the canary's share, rolling back."""

"""Whether this service is alive, and whether it is ready."""

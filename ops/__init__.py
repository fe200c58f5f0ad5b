"""What `make` runs: environments, secrets, processes, the terminal customer."""

"""Publishing a model and rolling back: `make publish`, `make rollback`."""

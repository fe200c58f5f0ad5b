"""`make review-pull` and `make review-status`: accepted proposals on their way into git."""

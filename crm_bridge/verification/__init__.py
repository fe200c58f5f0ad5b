"""One-time codes and the grants they earn."""

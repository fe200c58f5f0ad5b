"""The console's pages for designers."""

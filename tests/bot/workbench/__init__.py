"""The designers' workbench: what it reads, and what it says an example would change."""

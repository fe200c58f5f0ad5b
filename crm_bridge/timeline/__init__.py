"""Every interaction on every channel, in one history a person."""

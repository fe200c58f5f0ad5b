"""What real messages teach: the review inbox, its groups and proposals."""

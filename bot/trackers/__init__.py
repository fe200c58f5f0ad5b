"""How conversations are kept: rows in a database, states at their borders."""

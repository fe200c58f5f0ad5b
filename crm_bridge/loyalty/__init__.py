"""Points of the loyalty club: a ledger, and what it comes to."""

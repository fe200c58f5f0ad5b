"""Who customers are: golden records, their handles on every channel, and reversible joins."""

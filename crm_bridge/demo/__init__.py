"""The fictional company's past: people, orders, cases and conversations, generated from a seed."""

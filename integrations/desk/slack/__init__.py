"""The desk's home in Slack: a card for each case, its conversation in the thread."""

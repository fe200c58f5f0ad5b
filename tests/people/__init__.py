"""The people of scenario tests: customers on every channel, agents in Slack."""

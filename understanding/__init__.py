"""What both environments know about a sentence: its language and its vector."""

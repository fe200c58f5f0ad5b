"""What the bot and an agent may know when a conversation starts."""

"""The gateway: channels, conversations, the way to the bot, the desk."""

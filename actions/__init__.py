"""Custom actions of the bot: one module a topic, served by rasa-sdk on loopback."""

"""Telegram, through a bot: polled by default, or called at a webhook."""

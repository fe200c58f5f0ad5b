"""NLU components of the bot, named in config.yml."""

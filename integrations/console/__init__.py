"""The console: the desk's page in the browser, where people take over from the bot."""

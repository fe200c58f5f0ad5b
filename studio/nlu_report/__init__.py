"""`make nlu-report`: how well the bot reads, as one page to look at."""

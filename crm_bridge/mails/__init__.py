"""The outbox of mails: rendered and sent in the background, at most once each."""

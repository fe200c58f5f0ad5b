"""Rehearsals: a conversation again, against the working tree's model, where nothing is real."""

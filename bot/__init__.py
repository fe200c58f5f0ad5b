"""What Rasa loads: the care channel, the tracker store and the components that understand text."""

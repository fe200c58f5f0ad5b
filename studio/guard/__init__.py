"""What a model understands, compared with what was understood before, before anybody is served."""

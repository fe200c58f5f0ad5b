"""Help articles, found by meaning and by words, or not answered at all."""

"""`make validate`: what is wrong with the language data, with file, line and what to do.

`findings` says what a finding is, `run` puts the checks together; each other module is a check or
what several of them read.
"""

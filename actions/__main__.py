"""`python -m actions` is `python -m actions.serve`."""

from actions.serve import main

if __name__ == "__main__":
    main()

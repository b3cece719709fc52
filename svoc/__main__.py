"""Lets `python -m svoc` do what `svoc` does."""

from svoc.cli import main

if __name__ == "__main__":
    main()

"""`python -m droidcancel`."""

from droidcancel.cli import main

if __name__ == "__main__":
    main()

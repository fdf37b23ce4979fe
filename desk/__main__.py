"""`python -m desk` is `sourcekeep`."""

from desk.cli import main

if __name__ == "__main__":
    main()

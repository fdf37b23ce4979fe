"""The commands; each imports its rooms when it is called, so that `--help` answers at once."""

from desk.cli.group import main

__all__ = ["main"]

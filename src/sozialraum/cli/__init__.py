"""The command line: each module holds the commands of one subject, `commands` puts them together."""

from sozialraum.cli.commands import app, main

__all__ = ["app", "main"]

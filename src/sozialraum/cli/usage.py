"""What is wrong with a command line, in the words of the house instead of those of the library."""

from __future__ import annotations

import os
import re
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import typer
from typer.core import TyperGroup

from sozialraum.preferences import VARIABLE
from sozialraum.texts import DEFAULT_LANGUAGE, LANGUAGES, Language, text

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Commands", "explain"]

PATTERNS = {
    "no_path": r"^(?:file|dir|directory|path) '(?P<value>.*)' does not exist\.?$",
    "no_file": r"^(?:file|path) '(?P<value>.*)' is a directory\.?$",
    "no_folder": r"^(?:dir|directory|path) '(?P<value>.*)' is a file\.?$",
    "unreadable": r"^(?:file|dir|directory|path) '(?P<value>.*)' is not (?:readable|writable)\.?$",
    "choice": r"^(?:Value error, )?'(?P<value>.*)' is not one of (?P<allowed>.*?)\.?$",
    "at_least": r"^Input should be greater than or equal to (?P<allowed>\S+)$",
    "at_most": r"^Input should be less than or equal to (?P<allowed>\S+)$",
    "number": r"^Input should be a valid (?:integer|number).*$",
    "unexpected": r"^Got unexpected extra argument\(?s?\)? \((?P<value>.*)\)$",
    "no_command": r"^No such command '(?P<value>.*)'\.?$",
    "missing_command": r"^Missing command\.?$",
    "no_value": r"^Option '?(?P<value>[^' ]+)'? requires an argument\.?$",
    "flag": r"^Option '?(?P<value>[^' ]+)'? does not take a value\.?$",
    "no_option": r"^No such option: (?P<value>\S+?)\.?$",
}
"""Our texts, and the library's sentences that they stand for."""


CANCELLED = 130
"""Exit code of what the user has stopped."""


class Commands(TyperGroup):
    """The commands, with messages about wrong usage in the user's language."""

    def main(  # type: ignore[override]  # the library's own settings pass through
        self,
        args: Sequence[str] | None = None,
        **settings: Any,  # noqa: ANN401 - as inherited
    ) -> Any:  # noqa: ANN401 - as inherited
        """Run; a wrong command line ends with exit code 2 and one sentence."""
        if not settings.pop("standalone_mode", True):
            return super().main(args, standalone_mode=False, **settings)
        given = sys.argv[1:] if args is None else list(args)
        if not given or "--help" in given:
            _frame_help()
        try:
            code = super().main(args, standalone_mode=False, **settings)
        except typer.Abort:
            sys.exit(1)
        except Exception as error:
            if not hasattr(error, "format_message"):
                raise
            if type(error).__name__ == "NoArgsIsHelpError":
                error.show()  # type: ignore[attr-defined]  # the library's own class, which it does not export
            else:
                typer.echo(explain(error, asked_language(given)), err=True)
            sys.exit(cast("int", getattr(error, "exit_code", 2)))
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the library's own, unexported
        """Run a command; whoever stops it is told that nothing was lost."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            typer.echo(text("cli.cancelled", asked_language(sys.argv[1:])), err=True)
            raise typer.Exit(CANCELLED) from stop

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - the library's own, unexported
        """Return the option for help, which says in our language what it does."""
        return _worded(super().get_help_option(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """Find a command, whose option for help says so, too."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _worded(command.get_help_option(ctx))
        return command


def _worded(option: Any) -> Any:  # noqa: ANN401 - as above
    if option is not None:
        option.help = text("cli.usage.help_option", DEFAULT_LANGUAGE)
    return option


def _frame_help() -> None:
    """Let the frame of help pages speak the language of what stands in it."""
    import typer.rich_utils as look  # noqa: PLC0415 - start-up time

    for name in ("ARGUMENTS_PANEL_TITLE", "OPTIONS_PANEL_TITLE", "COMMANDS_PANEL_TITLE"):
        setattr(look, name, text(f"cli.usage.{name.split('_')[0].lower()}_title", DEFAULT_LANGUAGE))
    look.REQUIRED_LONG_STRING = f"[{text('cli.usage.required', DEFAULT_LANGUAGE)}]"
    look.DEFAULT_STRING = f"[{text('cli.usage.default', DEFAULT_LANGUAGE)}: {{}}]"


def asked_language(arguments: Sequence[str]) -> Language:
    """Return the language that a command line asks for, though it could not be understood otherwise."""
    words = [word for argument in arguments for word in argument.split("=", 1)]
    named = [after for before, after in pairwise(words) if before == "--language"]
    asked = (named or [os.environ.get(VARIABLE, "")])[-1]
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


def explain(error: Any, language: Language) -> str:  # noqa: ANN401 - errors of a library that does not export them
    """Say what is wrong with a command line, where, and how to find help.

    Parameters
    ----------
    error
        The library's error.
    language
        Of the message.

    Returns
    -------
    str
        Two lines.
    """
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "sozialraum"
    place = _place(error)
    if type(error).__name__ == "MissingParameter":
        told = text("cli.usage.missing", language, name=place)
    else:
        found = _told(str(error.message), language)
        told = text("cli.usage.value", language, name=place, told=found) if place else found
    commands = getattr(getattr(context, "command", None), "commands", {})
    if commands and not place:
        told += " " + text("cli.usage.commands", language, names=", ".join(commands))
    wrong = text("cli.severity.error", language)
    return f"{wrong}: {told}\n" + text("cli.usage.help", language, command=command)


def _place(error: Any) -> str:  # noqa: ANN401 - as above
    """Return the argument or option that is meant, as the user writes it; empty if none is."""
    param = getattr(error, "param", None)
    if param is None:
        return ""
    options = [option for option in param.opts if option.startswith("-")]
    return " / ".join(options) or str(param.metavar or param.name).strip("[]")


def _told(message: str, language: Language) -> str:
    for name, pattern in PATTERNS.items():
        if matched := re.match(pattern, message, re.DOTALL):
            return text(f"cli.usage.{name}", language, **matched.groupdict())
    return message

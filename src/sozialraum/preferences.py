"""`options`: what a notebook sets once; today the language of messages."""

from __future__ import annotations

import os
from typing import get_args

from sozialraum.texts import Language

__all__ = ["Options", "options"]

VARIABLE = "SOZIALRAUM_LANGUAGE"
"""Environment variable that sets the language before anything is imported."""


class Options:
    """Settings of the library.

    Attributes
    ----------
    language
        ``"en"`` (default) or ``"de"``: language of messages, errors and remarks. The environment variable
        SOZIALRAUM_LANGUAGE sets it, too. Pages and tables have a language of their own.

    Raises
    ------
    ValueError
        If a language is set that does not exist.
    """

    def __init__(self) -> None:
        self._language: Language = "en"
        stated = os.environ.get(VARIABLE, "")
        if stated in get_args(Language):
            self.language = stated  # type: ignore[assignment]  # just compared with all languages

    @property
    def language(self) -> Language:
        """Language of messages."""
        return self._language

    @language.setter
    def language(self, language: Language) -> None:
        if language not in get_args(Language):
            message = f"language must be one of {', '.join(get_args(Language))}, not {language!r}"
            raise ValueError(message)
        self._language = language

    def __repr__(self) -> str:
        return f"Options(language={self._language!r})"


options = Options()
"""The options of this process."""

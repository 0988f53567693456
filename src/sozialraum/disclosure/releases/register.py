"""The register of releases: a folder per project with what was shown, what was hidden, and the secret.

It lies beside the project file, whatever folder the results go to, and is as confidential as the counts
themselves: only its owner may read it.
"""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.disclosure.releases.earlier import EarlierRelease, read_earlier, write_earlier
from sozialraum.errors import DisclosureError, Problem
from sozialraum.files import staged

if TYPE_CHECKING:
    from pathlib import Path

    from sozialraum.panel import Panel

__all__ = ["REGISTER", "REGISTER_COLUMNS", "Register", "open_register"]

REGISTER = "sozialraum-releases"
"""Name of the folder, beside the project file."""

SEED_FILE = "secret"
"""Name of the file that holds the secret, as hexadecimal text."""

BYTES = 16

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600

REGISTER_COLUMNS = ("file", "written", "against", "first", "last", "counts", "shown", "hidden")


@dataclass(frozen=True, kw_only=True, eq=False)
class Register:
    """What a project has published so far.

    Parameters
    ----------
    directory
        Where it is kept.
    secret
        From which companions are drawn; whoever knows it can undo what the draw protects.
    releases
        The earlier releases, oldest first.
    """

    directory: Path
    secret: bytes
    releases: tuple[EarlierRelease, ...]

    def __repr__(self) -> str:
        # A secret that is printed is none.
        return f"Register({len(self.releases)} releases)"

    def keep(self, release: Panel, true: Panel) -> Path:
        """Put a public release on record; the same release twice is one record.

        Parameters
        ----------
        release
            What goes out.
        true
            The panel that it was made from: what is hidden is recorded, too.

        Returns
        -------
        Path
            The file, readable by its owner only.
        """
        path = write_earlier(release, self.directory, true=true)
        path.chmod(PRIVATE_FILE)
        return path

    def table(self) -> pd.DataFrame:
        """List the releases, columns `REGISTER_COLUMNS`: file, day, level, dates, and numbers of counts."""
        rows = []
        for release in self.releases:
            dates = sorted({date for _, date in (*release.counts, *release.hidden)})
            rows.append(
                {
                    "file": release.name,
                    "written": release.written,
                    "against": release.against,
                    "first": dates[0] if dates else "",
                    "last": dates[-1] if dates else "",
                    "counts": len({variables for variables, _ in (*release.counts, *release.hidden)}),
                    "shown": sum(len(of) for of in release.counts.values()),
                    "hidden": sum(len(of) for of in release.hidden.values()),
                }
            )
        return pd.DataFrame(rows, columns=list(REGISTER_COLUMNS))


def open_register(directory: Path, *, final: bool = True, older: Path | None = None) -> Register:
    """Read a project's register; a new one gets its secret drawn.

    Parameters
    ----------
    directory
        Usually `REGISTER` beside the project file.
    final
        Whether a release will be kept. Otherwise a register that does not exist yet, and cannot be made (a
        folder that may only be read), is replaced by a secret for this run.
    older
        Where version 0.1 kept its records; those that the register lacks are copied into it.

    Raises
    ------
    DisclosureError
        If a file of it cannot be read, or is not what it should be; names them.
    """
    before = read_earlier(older) if older is not None else ()
    if directory.is_symlink():
        # Its permissions would be those of another place.
        problem = Problem(code="disclosure.no_register", file=str(directory), values={"reason": "link"})
        raise DisclosureError(problem)
    try:
        if not directory.exists():
            directory.mkdir(parents=True, mode=PRIVATE_FOLDER)
            (directory / ".gitignore").write_text("*\n", encoding="utf-8")
        directory.chmod(PRIVATE_FOLDER)
        secret = _secret(directory / SEED_FILE)
        for release in before:
            _take_over(older, directory, release.name)
    except OSError as error:
        if not final and not directory.exists():
            return Register(directory=directory, secret=random.token_bytes(BYTES), releases=before)
        reason = error.strerror or str(error)
        problem = Problem(code="disclosure.no_register", file=str(directory), values={"reason": reason})
        raise DisclosureError(problem) from error
    return Register(directory=directory, secret=secret, releases=read_earlier(directory))


def _take_over(older: Path | None, directory: Path, name: str) -> None:
    """Copy a record of version 0.1; under its own name, so that a second run finds it there."""
    if older is None or (directory / name).exists():
        return
    with staged(directory) as folder:
        path = folder / name
        path.touch(mode=PRIVATE_FILE)
        path.write_bytes((older / name).read_bytes())


def _secret(path: Path) -> bytes:
    # Filled first and named then: two first runs at once agree on one secret.
    beside = path.with_name(f".{path.name}-{random.token_hex(6)}")
    try:
        if not path.exists():
            beside.touch(mode=PRIVATE_FILE)
            beside.write_text(random.token_hex(BYTES))
            path.hardlink_to(beside)
    except FileExistsError:
        pass
    finally:
        beside.unlink(missing_ok=True)
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, UnicodeDecodeError):
        secret = b""
    if len(secret) != BYTES:
        raise DisclosureError(Problem(code="disclosure.bad_secret", file=str(path)))
    return secret

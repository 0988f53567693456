"""Which files GDAL may open, and with the network closed: told by content, never by the file's name.

GDAL knows formats that hold no features but directions to other files, databases and addresses. They are
refused by what they contain, before GDAL sees them; what is left is read with every door to the network shut.
"""

from __future__ import annotations

import gzip
import io
import json
import logging
import re
import sqlite3
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers import expat

import pyogrio

from sozialraum.errors import BoundaryError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LARGEST", "admit", "admit_document", "closed_network"]

LARGEST = 2 * 1024**3
"""Bytes that a packed file may unfold to."""

DENSEST = 200
"""From `LARGE` bytes on, what unfolds to more than this many times its packed size is a bomb."""

LARGE = 50 * 1024**2
HEAD = 65_536
"""Bytes at the beginning by which a format is told."""

VIEW_STEPS = 2_000
"""Thousands of steps that SQLite may need to count the rows of a view; past it, the view is a trap."""

_LINK = re.compile(rb"<(?:\w+:)?NetworkLink[\s/>]")

_LOG = logging.getLogger(__name__)

_ELSEWHERE = re.compile(
    rb"<OGR\w*DataSource|<OGRVRTLayer|<VRTDataset"
    rb"|<GDAL_\w+|<OGCAPI\w*|gdal_streamed_alg|<WMS_\w+|<WM?T_MS_",
    re.IGNORECASE,
)
"""What points GDAL elsewhere: virtual formats, service descriptions, pipelines."""

_ROOTS = re.compile(r"(?:.*[:}])?(?:\w*FeatureCollection|kml|\w*Bestandsdatenauszug|XPlanAuszug|CityModel)\Z")
_GML = b"http://www.opengis.net/gml"
_WEB_NAME = re.compile(rb'"name"\s*:\s*"(?:https?|ftp|file):(?!//www\.opengis\.net/)', re.IGNORECASE)
_MAPINFO = re.compile(rb"!table|version\s+\d+", re.IGNORECASE)
_ANY_SCHEMA = re.compile(rb"""\s(?:[\w.-]+:)?(?:noNamespaceS|s)chemaLocation\s*=\s*(?:"[^"]*"|'[^']*')""")

CLOSED = {
    # curl inside GDAL: one file may be asked for, which does not exist, through a proxy that does not.
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "/vsicurl/none",
    "GDAL_HTTP_PROXY": "127.0.0.1:1",
    "GDAL_HTTPS_PROXY": "127.0.0.1:1",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "OGR_SQLITE_LOAD_EXTENSIONS": None,
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "LIBKML_RESOLVE_STYLE": "NO",
}
"""GDAL's own switches, set while it reads."""


@contextmanager
def closed_network() -> Iterator[None]:
    """Read with GDAL's doors to the network shut; its options are as they were afterwards."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in CLOSED}
    pyogrio.set_gdal_config_options(CLOSED)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def admit(path: Path, file: str) -> str | bytes:
    """Return what may be handed to GDAL for a local file: its path, or a document without addresses.

    Parameters
    ----------
    path
        An existing file or folder.
    file
        What the user calls it, for messages.

    Raises
    ------
    BoundaryError
        If the content is of no admitted format, points elsewhere, or unfolds to more than `LARGEST` bytes.
    """
    if path.is_dir():
        return _admit_folder(path, file)
    with path.open("rb") as opened:
        head = opened.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _admit_archive(path, file)
    if head.startswith(b"\x1f\x8b"):
        return admit_document(_unfold(path.read_bytes(), file), file)
    if head.startswith(b"SQLite format 3\0"):
        _check_database(path, file)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in {b"<", b"{"} or head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        cleaned = admit_document(path.read_bytes(), file)
        # A document that needed no cleaning is read from disk: GDAL then names its layer as the user does.
        return str(path.resolve()) if text[:1] == b"{" else cleaned
    _check_head(head, file, suffix=path.suffix.lower())
    return str(path.resolve())


def admit_document(content: bytes, file: str) -> bytes:
    """Return a document (GeoJSON, GML, KML or another admitted format) without the addresses in it.

    Raises
    ------
    BoundaryError
        As `admit`.
    """
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        content = _as_utf8(content, file)
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        _check_xml(content, text, file)
        return _ANY_SCHEMA.sub(b"", content)
    if text.startswith(b"{"):
        _check_json(text, file)
    elif content.startswith(b"PK\x03\x04"):
        _check_members(io.BytesIO(content), file)
    else:
        _check_head(content[:HEAD], file, suffix="")
    return content


def _error(code: str, file: str, **values: object) -> BoundaryError:
    return BoundaryError(Problem(code=f"boundaries.{code}", file=file, values=values))


def _as_utf8(content: bytes, file: str) -> bytes:
    try:
        words = content.decode("utf-16")
    except UnicodeError as error:
        raise _error("unreadable", file, reason="UTF-16") from error
    return re.sub(r"""(<\?xml[^>]*?)\sencoding\s*=\s*["'][^"']*["']""", r"\1", words, count=1).encode()


def _check_head(head: bytes, file: str, *, suffix: str) -> None:
    """Refuse what is none of the binary or plain formats with features."""
    if _ELSEWHERE.search(head):
        raise _error("points_elsewhere", file)
    binary = (b"\x00\x00\x27\x0a", b"SQLite format 3\0", b"fgb\x03", b"PAR1", b"ARROW1")
    features = head.startswith(binary) or _MAPINFO.match(head) is not None
    # A table with coordinates as text; its first line names columns, and no driver is chosen by its words.
    table = suffix in {".csv", ".tsv"} and b"\0" not in head
    if not features and not table and suffix not in {".dbf", ".shx"}:
        raise _error("format_refused", file)


def _check_xml(content: bytes, text: bytes, file: str) -> None:
    """Admit feature collections and KML only, told by the root element that a real parser finds."""
    if _ELSEWHERE.search(text[:HEAD]) or b"<!ENTITY" in text:
        raise _error("points_elsewhere", file)
    root: list[str] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        if not root:
            root.append(name)

    if _LINK.search(text):
        _LOG.warning("%s", Problem(code="boundaries.network_link", severity="warning", file=file).text())
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(content[:HEAD].lstrip(), len(content) <= HEAD)
    except (expat.ExpatError, ValueError) as error:
        if not root:
            raise _error("unreadable", file, reason=str(error)) from error
    if not root or not (_ROOTS.match(root[0]) or _GML in text[:HEAD]):
        raise _error("format_refused", file)


def _check_json(text: bytes, file: str) -> None:
    """Refuse JSON that names a pipeline, or an address for its reference system."""
    if b"gdal_streamed_alg" in text or rb"\u0067" in text:
        raise _error("points_elsewhere", file)
    named = re.search(rb'"(?:link|url)"', text, re.IGNORECASE) or _WEB_NAME.search(text[:HEAD])
    if not named and b"\\u" not in text[:HEAD]:
        return
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    crs = document.get("crs") if isinstance(document, dict) else None
    kind = str(crs.get("type", "")).lower() if isinstance(crs, dict) else ""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    web = isinstance(name, str) and _WEB_NAME.search(f'"name":"{name}'.encode()) is not None
    if kind in {"link", "url"} or web:
        raise _error("points_elsewhere", file)


def _admit_folder(path: Path, file: str) -> str:
    """Admit a file geodatabase, or a folder of shapefiles."""
    kinds = {child.suffix.lower() for child in path.iterdir()}
    if not kinds & {".gdbtable", ".shp"}:
        raise _error("format_refused", file)
    return str(path.resolve())


def _admit_archive(path: Path, file: str) -> str | bytes:
    documents = _check_members(path, file)
    if documents is None:
        # The name of a member inside (zip://a.zip!b.shp) is the user's own choice.
        return file if "!" in file else str(path.resolve())
    return documents


def _check_members(source: Path | io.BytesIO, file: str) -> bytes | None:
    """Look at all members; return the only one's content if it is a document that must be cleaned."""
    try:
        with zipfile.ZipFile(source) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_sizes(members, file)
            found = []
            for member in members:
                with archive.open(member) as opened:
                    head = opened.read(HEAD)
                if _ELSEWHERE.search(head):
                    raise _error("points_elsewhere", file)
                if _is_xml_features(head, member.filename):
                    found.append(admit_document(archive.read(member), file))
                elif head.lstrip().startswith(b"{"):
                    _check_json(archive.read(member).lstrip(), file)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise _error("unreadable", file, reason=str(error)) from error
    if len(found) > 1:
        raise _error("several_documents", file, number=len(found))
    return found[0] if found else None


def _is_xml_features(head: bytes, name: str) -> bool:
    """Tell a member that GDAL would read as GML or KML from metadata beside shapefiles."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    known = b"FeatureCollection" in head or b"<kml" in head
    return text.startswith(b"<") and (known or Path(name).suffix.lower() in {".gml", ".kml"})


def _check_sizes(members: list[zipfile.ZipInfo], file: str) -> None:
    bombs = [
        member
        for member in members
        if member.file_size > LARGE and member.file_size > DENSEST * max(member.compress_size, 1)
    ]
    if bombs or sum(member.file_size for member in members) > LARGEST:
        raise _error("unfolds", file, limit=f"{LARGEST / 1024**3:.0f} GB")


def _unfold(content: bytes, file: str) -> bytes:
    """Unpack gzip, within bounds."""
    try:
        with gzip.open(io.BytesIO(content)) as opened:
            limit = min(LARGEST, max(LARGE, DENSEST * len(content)))
            unfolded = opened.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _error("unreadable", file, reason=str(error)) from error
    if len(unfolded) > limit:
        raise _error("unfolds", file, limit=f"{LARGEST / 1024**3:.0f} GB")
    return unfolded


def _check_database(path: Path, file: str) -> None:
    """Refuse a database whose tables or views do more than hold features; triggers never fire in reading."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        modules = [
            re.search(r"USING\s+(\w+)", str(sql), re.IGNORECASE)
            for _, _, sql in rows
            if "VIRTUAL" in str(sql)
        ]
        if any(found and not found.group(1).lower().startswith(("rtree", "fts")) for found in modules):
            raise _error("points_elsewhere", file)
        steps = iter(range(VIEW_STEPS))
        connection.set_progress_handler(lambda: next(steps, None) is None, 1_000)
        for name in (name for kind, name, _ in rows if kind == "view"):
            quoted = str(name).replace('"', '""')
            # Looking at the rows, not only counting them: a column may be what does not end.
            for _ in connection.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 - a quoted identifier
                pass
    except (sqlite3.Error, UnicodeError) as error:
        raise _error("database_view", file, reason=str(error)) from error
    finally:
        connection.close()

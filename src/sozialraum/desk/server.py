"""The server behind the page: this machine only, and only who knows the token.

A web page elsewhere could ask any browser to call 127.0.0.1; without the token it gets nothing, and a name
that somebody else's server gives to this address is refused, too.
"""

from __future__ import annotations

import json
import mimetypes
import secrets
import threading
from dataclasses import asdict
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from sozialraum.desk.folders import list_folder
from sozialraum.desk.jobs import Jobs
from sozialraum.errors import SozialraumError
from sozialraum.texts import LANGUAGES, Language, area_texts

__all__ = ["Desk"]

LARGEST_ORDER = 65_536
"""Bytes of a request's body."""

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_RESULT_POLICY = "sandbox allow-scripts allow-downloads allow-popups allow-modals; frame-ancestors 'none'"
"""A page of results gets an origin of its own: whatever stands in it cannot give orders to the desk."""


class Desk(ThreadingHTTPServer):
    """The server of one page.

    Parameters
    ----------
    folder
        Where the choice of a project begins.
    port
        0 lets the machine choose a free one.
    language
        Of the page and of what jobs say.
    """

    daemon_threads = True

    def __init__(self, *, folder: Path, port: int = 0, language: Language = "de") -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.token = secrets.token_urlsafe(24)
        self.folder = folder
        self.language = language
        self.jobs = Jobs()

    @property
    def address(self) -> str:
        """The page's address, with its token."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"


class _Handler(BaseHTTPRequestHandler):
    server: Desk
    protocol_version = "HTTP/1.1"
    server_version = "sozialraum"
    sys_version = ""
    timeout = 30

    assets: ClassVar[dict[str, str]] = {
        "desk.js": "text/javascript; charset=utf-8",
        "desk.css": "text/css; charset=utf-8",
    }

    def do_GET(self) -> None:
        path = self._inside()
        if path is None:
            return
        if path == "":
            self._page()
        elif path in self.assets:
            self._send((files(__package__) / "assets" / path).read_bytes(), self.assets[path])
        elif path == "api/folder":
            asked = parse_qs(urlsplit(self.path).query).get("path", [""])[0]
            self._answer(lambda: dict(list_folder(Path(asked) if asked else self.server.folder)))
        elif path == "api/job":
            job = self.server.jobs.newest
            self._json({"job": None if job is None else asdict(job)})
        elif path.startswith("results/"):
            self._result(path.removeprefix("results/"))
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        path = self._inside()
        if path is None:
            return
        order = self._order()
        if order is None:
            self._refuse(HTTPStatus.BAD_REQUEST)
        elif path == "api/start":
            checked = self._checked(order)
            job = None if checked is None else self.server.jobs.start(checked)
            if checked is None:
                self._refuse(HTTPStatus.BAD_REQUEST)
            else:
                self._json({"job": None if job is None else asdict(job)})
        elif path == "api/cancel":
            self.server.jobs.cancel()
            self._json({})
        elif path == "api/quit":
            self._json({})
            self.server.jobs.cancel()
            # From another thread: shutting down waits for the loop that waits for this answer.
            threading.Thread(target=self.server.shutdown, daemon=True).start()
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _inside(self) -> str | None:
        """Return the path behind the token; None, and a refusal, for everybody without it."""
        names = {f"{host}:{self.server.server_port}" for host in ("127.0.0.1", "localhost")}
        token, _, path = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        right = compare_digest(token.encode(), self.server.token.encode())
        origin = self.headers.get("Origin")
        foreign = origin is not None and urlsplit(origin).netloc not in names
        if not right or foreign or self.headers.get("Host") not in names:
            self._refuse(HTTPStatus.NOT_FOUND)
            return None
        return path

    def _order(self) -> dict[str, Any] | None:
        length = self.headers.get("Content-Length", "")
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        if not length.isdecimal() or int(length) > LARGEST_ORDER or kind != "application/json":
            self.close_connection = True
            return None
        try:
            order = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            return None
        return order if isinstance(order, dict) else None

    def _checked(self, order: dict[str, Any]) -> dict[str, Any] | None:
        """Return an order that holds what a job may be asked, and nothing else."""
        from sozialraum.publish.report.write import FORMATS, KINDS  # noqa: PLC0415 - slow to import

        kind, project = order.get("kind"), order.get("project")
        audience = order.get("audience", "public")
        documents, formats = order.get("documents", []), order.get("formats", ["docx"])
        language = order.get("language", self.server.language)
        fine = (
            kind in {"check", "run", "demo"}
            and isinstance(project, str)
            and 0 < len(project) < 4_096
            and "\0" not in project
            and audience in {"public", "internal"}
            and language in LANGUAGES
            and isinstance(documents, list)
            and isinstance(formats, list)
            and all(name in KINDS for name in documents)
            and all(name in FORMATS for name in formats)
        )
        if not fine:
            return None
        found = {"kind": kind, "project": project, "audience": audience, "language": language}
        return {**found, "documents": documents, "formats": formats or ["docx"]}

    def _page(self) -> None:
        from sozialraum.publish.report.write import KINDS  # noqa: PLC0415 - slow to import

        language = self.server.language
        words = area_texts("desk", language)
        data = {"texts": words, "language": language, "kinds": list(KINDS)}
        page = Template((files(__package__) / "assets" / "desk.html").read_text("utf-8")).substitute(
            language=language,
            title=words["title"],
            data=json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
        )
        self._send(page.encode(), "text/html; charset=utf-8", policy=_PAGE_POLICY)

    def _result(self, rest: str) -> None:
        number, _, name = rest.partition("/")
        folder = self.server.jobs.folders.get(int(number)) if number.isdecimal() else None
        if folder is None or not name:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        path = (folder / name.replace("\0", "")).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        self._send(path.read_bytes(), kind, policy=_RESULT_POLICY, download=not kind.startswith("text/html"))

    def _answer(self, make: Any) -> None:  # noqa: ANN401 - any function without arguments
        try:
            self._json(make())
        except SozialraumError as error:
            words = [problem.text(self.server.language) for problem in error.problems]
            self._json({"problem": " ".join(words)})

    def _json(self, content: dict[str, Any]) -> None:
        self._send(json.dumps(content, ensure_ascii=False).encode(), "application/json; charset=utf-8")

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._send(b"", "text/plain", status=status)

    def _send(
        self,
        body: bytes,
        kind: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        policy: str = "default-src 'none'",
        download: bool = False,
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            **({"Content-Disposition": "attachment"} if download else {}),
        }.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's names
        """Say nothing: addresses hold the token."""

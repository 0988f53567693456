"""Fetch features from the web: OGC API Features, WFS, or a plain file address.

The answers are fetched and counted here, not by GDAL: so every fault of a server has a message, no page is
lost unseen, and no other address is asked than the one that was given (and where it redirects or pages to).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Literal
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sozialraum.errors import BoundaryError, Problem

if TYPE_CHECKING:
    from http.client import HTTPMessage
    from typing import IO

__all__ = ["TIMEOUT", "Answer", "fetch_features", "is_address", "service_kind"]

TIMEOUT = 60.0
"""Seconds that a server may be silent."""

PAGE_SIZE = 1000
"""Features asked for at once; a server may give fewer."""

PAGES = 10_000
"""More pages than this are a server that turns in circles."""

GEOJSON = "application/geo+json, application/json;q=0.9"
ANYTHING = "*/*"
EXCERPT = 300
"""Characters of a server's own words that a message repeats."""

ServiceKind = Literal["oapif", "wfs", "file"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server sent.

    Parameters
    ----------
    pages
        Complete documents that GDAL can read (GeoJSON, GML, or the file itself), in the server's order.
    matched
        Number of features that the server says it has; None where it does not say.
    """

    pages: tuple[bytes, ...]
    matched: int | None = None


def is_address(source: str) -> bool:
    """Tell whether `source` is to be fetched from the web rather than read from disk."""
    return source.lower().startswith(("http://", "https://", "oapif:", "wfs:"))


def service_kind(address: str) -> ServiceKind:
    """Tell what speaks at `address`: a prefix ``OAPIF:`` or ``WFS:`` decides, else the address itself."""
    lower = address.lower()
    parts = urlsplit(lower)
    if lower.startswith("wfs:") or dict(parse_qsl(parts.query)).get("service") == "wfs":
        return "wfs"
    if lower.startswith("oapif:") or re.search(r"/collections(/|$)", parts.path):
        return "oapif"
    return "file"


def fetch_features(address: str, *, layer: str | None = None, timeout: float = TIMEOUT) -> Answer:
    """Fetch all features that an address offers.

    Parameters
    ----------
    address
        ``https://…/collections/x`` or ``OAPIF:https://…`` (OGC API Features), an address with
        ``service=WFS`` or ``WFS:https://…``, or the address of a file. Only http and https.
    layer
        Collection or feature type, where the address does not name one.
    timeout
        Seconds that the server may be silent.

    Raises
    ------
    BoundaryError
        If the server cannot be reached, is silent, answers with an error or with something else than
        features, gives fewer features than it has, or offers several layers and none is chosen.

    References
    ----------
    OGC 17-069r4 (OGC API Features, Part 1), section 7.15; OGC 09-025r2 (WFS 2.0), section 7.7.4.4.
    """
    kind = service_kind(address)
    url = re.sub(r"^(wfs|oapif):", "", address, flags=re.IGNORECASE)
    client = _Client(address, timeout)
    if kind == "oapif":
        return _fetch_oapif(client, url, layer)
    if kind == "wfs":
        return _fetch_wfs(client, url, layer)
    return Answer(pages=(client.get(url, accept=ANYTHING),))


class _WebOnly(HTTPRedirectHandler):
    """Follow redirects to http and https only; the standard handler would also follow them to ftp."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if urlsplit(newurl).scheme not in {"http", "https"}:
            fp.close()
            raise URLError(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Client:
    """Asks one server; every fault becomes a `BoundaryError` that names the address."""

    def __init__(self, address: str, timeout: float) -> None:
        self.address = address
        self.timeout = timeout
        self._opener = build_opener(_WebOnly)

    def error(self, code: str, **values: object) -> BoundaryError:
        """Return the error of a fault, for raising."""
        return BoundaryError(Problem(code=f"boundaries.{code}", file=self.address, values=values))

    def get(self, url: str, *, accept: str) -> bytes:
        """Return the body of an answer."""
        if urlsplit(url).scheme not in {"http", "https"}:
            raise self.error("service_scheme", address=url)
        headers = {"Accept": accept, "User-Agent": "sozialraum"}
        try:
            request = Request(url, headers=headers)  # noqa: S310 - the scheme was checked
            with self._opener.open(request, timeout=self.timeout) as response:
                body: bytes = response.read()
        except HTTPError as error:
            with error:
                said = _excerpt(error.read())
            raise self.error("service_status", status=error.code, reason=error.reason, said=said) from error
        except TimeoutError as error:
            raise self.error("service_timeout", seconds=f"{self.timeout:g}") from error
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                raise self.error("service_timeout", seconds=f"{self.timeout:g}") from error
            raise self.error("service_unreachable", reason=reason) from error
        return body

    def get_json(self, url: str) -> dict[str, Any]:
        """Return an answer that is a JSON object."""
        body = self.get(url, accept=GEOJSON)
        found = _json(body)
        if found is None:
            raise self.error("service_content", said=_excerpt(body))
        return found

    def choose(self, offered: list[str]) -> str:
        """Return the only layer that is offered."""
        if len(offered) != 1:
            raise self.error("service_layer_needed", layers=", ".join(sorted(offered)))
        return offered[0]


def _fetch_oapif(client: _Client, url: str, layer: str | None) -> Answer:
    parts = urlsplit(url)
    path = re.sub(r"(/items)?/?$", "", parts.path)
    if not re.search(r"/collections/[^/]+$", path):
        root = path.removesuffix("/collections")
        collections = urlunsplit((*parts[:2], f"{root}/collections", parts.query, ""))
        if layer is None:
            landing = client.get_json(collections)
            listed = _objects(landing.get("collections"))
            if not listed:
                raise client.error("service_content", said=_excerpt(json.dumps(landing).encode()))
            layer = client.choose([str(collection.get("id")) for collection in listed])
        path = f"{root}/collections/{layer}"
    # Server and service may need parameters of their own; how much comes at once is for us to say.
    query = [pair for pair in parse_qsl(parts.query) if pair[0] not in {"limit", "offset"}]
    following: str | None = urlunsplit(
        (*parts[:2], f"{path}/items", urlencode([*query, ("limit", PAGE_SIZE)]), "")
    )
    pages: list[bytes] = []
    asked: set[str] = set()
    received, matched = 0, None
    while following:
        if following in asked or len(asked) == PAGES:
            raise client.error("service_incomplete", received=received, matched=matched or "?")
        asked.add(following)
        page = client.get_json(following)
        if not isinstance(page.get("features"), list):
            raise client.error("service_content", said=_excerpt(json.dumps(page).encode()))
        received += len(page["features"])
        matched = page.get("numberMatched", matched)
        if page["features"]:
            pages.append(json.dumps(page).encode())
        following = _next_link(page, following)
    return _complete(client, pages, received, matched)


def _next_link(page: dict[str, Any], url: str) -> str | None:
    """Return where the following page is; links may be relative."""
    links = [link for link in _objects(page.get("links")) if link.get("rel") == "next" and link.get("href")]
    return urljoin(url, str(links[0]["href"])) if links else None


def _objects(found: object) -> list[dict[str, Any]]:
    """Return the JSON objects of what ought to be a list of them."""
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _fetch_wfs(client: _Client, url: str, layer: str | None) -> Answer:
    """Ask for everything; where the server cuts its answer short, ask on from there."""
    parts = urlsplit(url)
    given = {name.lower(): value for name, value in parse_qsl(parts.query)}
    version = given.pop("version", "2.0.0")
    named = given.pop("typenames", None) or given.pop("typename", None)
    for ours in ("service", "request", "count", "maxfeatures", "startindex", "resulttype", "typename"):
        given.pop(ours, None)

    def address(**query: object) -> str:
        full = {**given, "service": "WFS", "version": version, **query}
        return urlunsplit((*parts[:3], urlencode(full), ""))

    name = layer or named
    if name is None:
        capabilities = client.get(address(request="GetCapabilities"), accept=ANYTHING)
        _check_wfs(client, capabilities, "WFS_Capabilities")
        name = client.choose(_feature_types(capabilities))
    paged = version.startswith("2")
    query = {"request": "GetFeature", ("typeNames" if paged else "typeName"): name}
    page = client.get(address(**query), accept=ANYTHING)
    received, matched = _check_wfs(client, page, "FeatureCollection")
    pages = [page] if received else []
    if paged and matched is None:
        hits = client.get(address(**query, resultType="hits"), accept=ANYTHING)
        matched = _check_wfs(client, hits, "FeatureCollection")[1]
    while paged and matched is not None and 0 < received < matched and len(pages) < PAGES:
        page = client.get(address(**query, startIndex=received, count=PAGE_SIZE), accept=ANYTHING)
        more = _check_wfs(client, page, "FeatureCollection")[0]
        if more == 0 or page in pages:
            break
        pages.append(page)
        received += more
    return _complete(client, pages, received, matched)


def _check_wfs(client: _Client, body: bytes, root: str) -> tuple[int, int | None]:
    """Return how many features an answer holds and how many the server has; refuse other answers."""
    document = _json(body)
    if document is not None and isinstance(document.get("features"), list):
        matched = document.get("numberMatched", document.get("totalFeatures"))
        return len(document["features"]), matched if isinstance(matched, int) else None
    tag = re.search(rb"<(?![?!])[^>]*>", body)
    head = tag.group().decode("utf-8", "replace") if tag else ""
    if "Exception" in head.split(" ", maxsplit=1)[0]:
        raise client.error("service_exception", said=_excerpt(body))
    if root not in head:
        raise client.error("service_content", said=_excerpt(body))
    counts = dict(re.findall(r"(numberMatched|numberReturned)\s*=\s*[\"'](\d+)[\"']", head))
    members = len(re.findall(rb"<(?:[\w.-]+:)?(?:member|featureMember)[\s>]", body))
    returned = int(counts.get("numberReturned", members or b"featureMembers" in body))
    return returned, int(counts["numberMatched"]) if "numberMatched" in counts else None


def _feature_types(capabilities: bytes) -> list[str]:
    """List the feature types of a capabilities document."""
    text = capabilities.decode("utf-8", "replace")
    pattern = r"<(?:[\w.-]+:)?FeatureType>.*?<(?:[\w.-]+:)?Name>\s*([^<]+?)\s*<"
    return re.findall(pattern, re.sub(r"(FeatureType)\s[^>]*>", r"\1>", text), flags=re.DOTALL)


def _complete(client: _Client, pages: list[bytes], received: int, matched: object) -> Answer:
    """Return the pages if they are all there."""
    known = matched if isinstance(matched, int) else None
    if known is not None and received != known:
        raise client.error("service_incomplete", received=received, matched=known)
    if not pages:
        raise client.error("service_empty")
    return Answer(pages=tuple(pages), matched=known)


def _json(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object that a body is, or None."""
    if not body.lstrip().startswith(b"{"):
        return None
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _excerpt(body: bytes) -> str:
    """Return the beginning of a body as plain words, without markup and control characters."""
    words = re.sub(
        r"<(style|script).*?</\1>|<[^>]*>", " ", body[:20_000].decode("utf-8", "replace"), flags=re.DOTALL
    )
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:EXCERPT]

"""The register: for its owner alone, and nothing in it is believed unseen."""

import gzip
import json
import stat

import pytest

from sozialraum.disclosure.releases.earlier import LARGEST, read_earlier
from sozialraum.disclosure.releases.register import open_register
from sozialraum.errors import DisclosureError

GOOD = {
    "format": 2,
    "city": "x",
    "rounding": None,
    "against": "outsider",
    "counts": [{"variables": ["poor"], "date": "2020-12-31", "shown": {"a": 5}}],
    "hidden": [{"variables": ["poor"], "date": "2020-12-31", "hidden": {"b": 1, "c": None}}],
}


def record(folder, content, name="release-1.json.gz"):
    folder.mkdir(exist_ok=True)
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / name).write_bytes(gzip.compress(text))


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_and_secret_are_for_the_owner_alone(tmp_path, monkeypatch):
    monkeypatch.undo()
    folder = tmp_path / "register"
    first = open_register(folder)
    assert (mode(folder), mode(folder / "secret")) == (0o700, 0o600)
    assert len(first.secret) == 16
    assert open_register(folder).secret == first.secret
    assert open_register(tmp_path / "other").secret != first.secret
    assert (folder / ".gitignore").read_text() == "*\n"
    assert first.secret.hex() not in repr(first)


def test_rights_that_were_widened_are_taken_back(tmp_path):
    folder = tmp_path / "register"
    open_register(folder)
    folder.chmod(0o755)
    open_register(folder)
    assert mode(folder) == 0o700


@pytest.mark.parametrize("text", ["", "zz" * 16, "ab" * 15, "ab" * 17, "ä" * 32, "0x" + "ab" * 15])
def test_a_damaged_secret_is_not_replaced_in_silence(tmp_path, text):
    folder = tmp_path / "register"
    open_register(folder)
    (folder / "secret").write_text(text, encoding="utf-8")
    with pytest.raises(DisclosureError) as caught:
        open_register(folder)
    assert caught.value.problems[0].code == "disclosure.bad_secret"
    assert text not in caught.value.text("de") or not text
    assert (folder / "secret").read_text(encoding="utf-8") == text


def bad(**changes):
    return {**GOOD, **changes}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[" * 100_000,
        b'"text"',
        bad(format=3),
        bad(format=None),
        bad(rounding="ten"),
        bad(counts={}) | {"counts": 5},
        bad(counts=[{"variables": "poor", "date": "2020-12-31", "shown": {"a": 5}}]),
        bad(counts=[{"variables": ["poor"], "date": 2020, "shown": {"a": 5}}]),
        bad(counts=[{"variables": ["poor"], "date": "2020-12-31", "shown": {"a": -5}}]),
        bad(counts=[{"variables": ["poor"], "date": "2020-12-31", "shown": {"a": "5"}}]),
        bad(counts=[{"variables": ["poor"], "date": "2020-12-31", "shown": {"a": True}}]),
        bad(counts=[{"variables": ["poor"], "date": "2020-12-31", "shown": {"a": None}}]),
        bad(counts=[{"variables": ["poor"], "date": "2020-12-31", "shown": {"a": float("nan")}}]),
        bad(hidden=[{"variables": ["poor"], "date": "2020-12-31", "hidden": {"a": float("inf")}}]),
        bad(hidden=[{"variables": ["poor"], "date": "2020-12-31", "shown": {"a": 1}}]),
    ],
)
def test_what_is_no_record_stops_everything(tmp_path, content):
    record(tmp_path / "r", content)
    with pytest.raises(DisclosureError) as caught:
        read_earlier(tmp_path / "r")
    assert [problem.code for problem in caught.value.problems] == ["disclosure.unreadable"]


def test_good_records_are_read_beside(tmp_path):
    record(tmp_path / "r", GOOD)
    record(
        tmp_path / "r",
        {key: value for key, value in GOOD.items() if key != "hidden"} | {"format": 1},
        "0.json.gz",
    )
    old, new = read_earlier(tmp_path / "r")
    assert old.hidden == {}
    assert new.counts == {(("poor",), "2020-12-31"): {"a": 5}}
    assert new.hidden[("poor",), "2020-12-31"]["b"] == 1


def test_a_count_of_nobody_is_a_count_shown_or_hidden(tmp_path):
    place = {"variables": ["poor"], "date": "2020-12-31"}
    none = GOOD | {"counts": [place | {"shown": {"a": 0}}], "hidden": [place | {"hidden": {"b": 0}}]}
    record(tmp_path / "r", none)
    (found,) = read_earlier(tmp_path / "r")
    assert found.counts == {(("poor",), "2020-12-31"): {"a": 0}}
    assert found.hidden == {(("poor",), "2020-12-31"): {"b": 0}}


def test_a_record_that_unfolds_without_end_is_not_unfolded(tmp_path, monkeypatch):
    monkeypatch.setattr("sozialraum.disclosure.releases.earlier.LARGEST", 1000)
    record(tmp_path / "r", b" " * 100_000)
    with pytest.raises(DisclosureError):
        read_earlier(tmp_path / "r")
    assert LARGEST < 2**30


def test_links_are_not_followed(tmp_path):
    record(tmp_path / "elsewhere", GOOD)
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "release-1.json.gz").symlink_to(tmp_path / "elsewhere" / "release-1.json.gz")
    with pytest.raises(DisclosureError):
        read_earlier(tmp_path / "r")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    before = mode(tmp_path / "elsewhere")
    with pytest.raises(DisclosureError):
        open_register(tmp_path / "link")
    assert mode(tmp_path / "elsewhere") == before
    assert not (tmp_path / "elsewhere" / "secret").exists()


def test_records_of_version_0_1_are_taken_over_once(tmp_path):
    record(tmp_path / "maps", {**GOOD, "format": 1})
    for _ in range(2):
        register = open_register(tmp_path / "register", older=tmp_path / "maps")
        assert [release.name for release in register.releases] == ["release-1.json.gz"]
    assert mode(tmp_path / "register" / "release-1.json.gz") == 0o600
    (tmp_path / "maps" / "release-1.json.gz").unlink()
    assert len(open_register(tmp_path / "register", older=tmp_path / "maps").releases) == 1


def test_a_damaged_record_of_version_0_1_stops_too(tmp_path):
    record(tmp_path / "maps", b"{")
    with pytest.raises(DisclosureError):
        open_register(tmp_path / "register", older=tmp_path / "maps")

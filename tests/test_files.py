import errno
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sozialraum.errors import OutputError
from sozialraum.files import MARKER, audience_of, replace_folder, sha256, staged


def test_staged_moves_everything_at_the_end(tmp_path):
    target = tmp_path / "new" / "maps"
    with staged(target) as folder:
        (folder / "a.txt").write_text("a")
        assert not (target / "a.txt").exists()
    assert [path.name for path in target.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("cause", [RuntimeError, KeyboardInterrupt])
def test_staged_leaves_the_previous_result_whole(tmp_path, cause):
    (tmp_path / "a.txt").write_text("before")

    def write_and_fail():
        with staged(tmp_path) as folder:
            (folder / "a.txt").write_text("half")
            raise cause

    with pytest.raises(cause):
        write_and_fail()
    assert (tmp_path / "a.txt").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_full_disk_is_one_clear_message(tmp_path):
    def write():
        with staged(tmp_path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError) as caught:
        write()
    assert tmp_path.name in str(caught.value)
    assert "der Datenträger ist voll" in str(caught.value)
    assert "unverändert" in str(caught.value)


def test_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"), staged(tmp_path / "file" / "maps"):
        pass


def test_sha256_of_a_file(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert sha256(path) == hashlib.sha256(b"abc").hexdigest()


def names(directory):
    return sorted(path.name for path in directory.iterdir() if path.name != MARKER)


def write(directory, audience="public", **files):
    with replace_folder(directory, audience=audience) as folder:
        for name, text in files.items():
            (folder / name).write_text(text)


def test_a_folder_of_results_is_replaced_whole(tmp_path):
    target = tmp_path / "maps" / "public"
    write(target, a="1", b="1")
    assert names(target) == ["a", "b"]
    assert audience_of(target) == "public"
    write(target, b="2", c="2")
    # What the new run does not write is gone: it could be of another audience, or of other rules.
    assert names(target) == ["b", "c"]
    assert (target / "b").read_text() == "2"
    assert names(target.parent) == ["public"]


@pytest.mark.parametrize("way", ["exchange", "two renames"])
def test_files_that_no_run_has_written_are_carried_over(tmp_path, monkeypatch, way):
    if way == "two renames":
        monkeypatch.setattr("sozialraum.files.swap", lambda *_: False)
    target = tmp_path / "public"
    write(target, a="1")
    (target / "notes.docx").write_text("mine")
    (target / "photos").mkdir()
    (target / "photos" / "one.jpg").write_text("picture")
    write(target, b="2")
    assert names(target) == ["b", "notes.docx", "photos"]
    assert (target / "photos" / "one.jpg").read_text() == "picture"
    write(target, c="3")
    assert names(target) == ["c", "notes.docx", "photos"]
    assert names(tmp_path) == ["public"]


@pytest.mark.parametrize(("first", "then"), [("public", "internal"), ("internal", "public")])
def test_internal_and_public_results_are_never_in_one_folder(tmp_path, first, then):
    write(tmp_path / "maps", first, a="1")
    with pytest.raises(OutputError) as caught:
        write(tmp_path / "maps", then, b="2")
    assert caught.value.problems[0].code == "files.other_audience"
    assert names(tmp_path / "maps") == ["a"]
    assert names(tmp_path) == ["maps"]


def test_files_of_unknown_origin_are_not_declared_public(tmp_path):
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "index.csv").write_text("perhaps internal")
    with pytest.raises(OutputError, match=r"index\.csv"):
        write(tmp_path / "maps", a="1")
    assert names(tmp_path / "maps") == ["index.csv"]


def test_a_readme_is_carried_over_and_a_folder_of_version_0_1_is_taken_over(tmp_path):
    folder = tmp_path / "maps"
    folder.mkdir()
    (folder / "README.md").write_text("what this folder is")
    for name in ("atlas.html", "index.csv"):
        (folder / name).write_text("old")
    (folder / "provenance.json").write_text('{"audience": "public"}')
    write(folder, a="1")
    assert (folder / "README.md").read_text() == "what this folder is"
    assert not (folder / "index.csv").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "provenance.json").write_text('{"audience": "internal"}')
    with pytest.raises(OutputError):
        write(other, a="1")


@pytest.mark.parametrize("cause", [RuntimeError, KeyboardInterrupt])
def test_a_run_that_fails_leaves_the_earlier_folder(tmp_path, cause):
    write(tmp_path / "public", a="1")

    def fail():
        with replace_folder(tmp_path / "public", audience="public") as folder:
            (folder / "a").write_text("half")
            raise cause

    with pytest.raises(cause):
        fail()
    assert (tmp_path / "public" / "a").read_text() == "1"
    assert names(tmp_path) == ["public"]


def test_where_the_second_rename_fails_the_first_is_taken_back(tmp_path, monkeypatch):
    write(tmp_path / "public", a="1")
    monkeypatch.setattr("sozialraum.files.swap", lambda *_: False)
    rename = Path.rename

    def refuse(self, target):
        if self.name.startswith(".unfinished-"):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OutputError, match="unverändert"):
        write(tmp_path / "public", a="2")
    assert (tmp_path / "public" / "a").read_text() == "1"
    assert names(tmp_path) == ["public"]


def test_what_a_killed_run_left_is_removed_and_what_it_put_aside_comes_back(tmp_path):
    write(tmp_path / "public", a="1")
    (tmp_path / ".unfinished-public-dead").mkdir()
    (tmp_path / ".unfinished-public-dead" / "secret").write_text("internal")
    (tmp_path / "public").rename(tmp_path / ".replaced-public-dead")
    (tmp_path / "inner").mkdir()
    with replace_folder(tmp_path / "public", audience="public"):
        assert (tmp_path / "public" / "a").read_text() == "1"
    assert names(tmp_path) == ["inner", "public"]


def test_a_run_that_lives_keeps_its_unfinished_folder(tmp_path):
    with replace_folder(tmp_path / "public", audience="public") as slow:
        (slow / "a").write_text("slow")
        write(tmp_path / "public", b="quick")
        assert names(slow) == ["a"]
    assert names(tmp_path / "public") == ["a"]


WRITER = """
import sys, time
from pathlib import Path
from sozialraum.files import replace_folder
target, label = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
while True:
    with replace_folder(target, audience="public") as folder:
        for number in range(6):
            (folder / f"{number}.txt").write_text(label * 2000)
    label = label[::-1]
"""


@pytest.mark.slow
def test_killed_at_any_moment_the_folder_is_of_one_run(tmp_path):
    target = tmp_path / "public"
    for moment in (0.0, 0.003, 0.011):
        run = subprocess.Popen([sys.executable, "-c", WRITER, str(target), "ab"], stdout=subprocess.PIPE)
        run.stdout.readline()
        time.sleep(moment)
        run.kill()
        run.communicate()
        if target.exists():
            assert len({(target / f"{number}.txt").read_text() for number in range(6)}) == 1
    write(target, a="1")
    assert names(tmp_path) == ["public"]


def test_single_files_may_be_staged_inside_a_folder_that_is_being_written(tmp_path):
    with replace_folder(tmp_path / "public", audience="public") as folder, staged(folder) as inner:
        (inner / "atlas.html").write_text("map")
    assert names(tmp_path / "public") == ["atlas.html"]

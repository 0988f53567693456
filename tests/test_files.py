import errno
import hashlib
import os

import pytest

from sozialraum.errors import OutputError
from sozialraum.files import sha256, staged


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
    assert str(tmp_path) in str(caught.value)
    assert "No space left" in str(caught.value)
    assert "unverändert" in str(caught.value)


def test_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"), staged(tmp_path / "file" / "maps"):
        pass


def test_sha256_of_a_file(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert sha256(path) == hashlib.sha256(b"abc").hexdigest()

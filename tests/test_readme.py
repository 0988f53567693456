"""What the README shows works as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_python_lines_run(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    (tmp_path / "maps").mkdir()
    (tmp_path / "data").symlink_to(ROOT / "data")
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=120)
    assert (tmp_path / "maps" / "armut.html").stat().st_size > 100_000


def test_every_file_that_it_names_is_there():
    linked = re.findall(r"\]\(([^)#:]+)\)", README)
    assert "docs/atlas.png" in linked
    assert all((ROOT / path).exists() for path in linked)
    assert (ROOT / "data" / "examples").is_dir()

"""The portable folder: built from this environment, started without it."""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _script():
    spec = importlib.util.spec_from_file_location("portable", ROOT / "packaging" / "portable.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


portable = _script()


def test_it_takes_what_the_program_needs_and_nothing_of_development():
    names = {found.metadata["Name"].lower() for found in portable.needed()}
    assert {"geopandas", "pyogrio", "scipy", "matplotlib", "typst", "pydantic", "pydantic_core"} <= names
    assert not {"pytest", "mypy", "ruff", "selenium", "mkdocs", "numba"} & names


def test_the_demo_city_is_inside(tmp_path):
    portable.program(tmp_path)
    assert (tmp_path / "sozialraum" / "_demo" / "project.toml").is_file()
    assert (tmp_path / "sozialraum" / "texts" / "cli.toml").is_file()
    assert not list(tmp_path.rglob("__pycache__"))


def test_what_is_packed_is_compiled_and_asks_for_no_time_of_its_source(tmp_path):
    source = tmp_path / "lib" / "deep" / "one.py"
    source.parent.mkdir(parents=True)
    source.write_text("value = 1\n", encoding="utf-8")
    portable.compiled(tmp_path / "lib")
    (found,) = tmp_path.rglob("*.pyc")
    # Bit 0: by hash, not by time; bit 1 is not set: the hash is not looked at either (PEP 552).
    assert int.from_bytes(found.read_bytes()[4:8], "little") == 1


def test_windows_wants_the_name_that_tells_the_version(tmp_path):
    import zipfile  # noqa: PLC0415 - for this test alone

    path = tmp_path / "embed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("python311._pth", "python311.zip\n.\n")
    with pytest.raises(SystemExit, match="keep the name"):
        portable.build_windows(tmp_path / "new", path)


def _linked(source, target):
    portable._link(Path(source), Path(target))


def _in_the_making(_, names):
    """Name what another process is just writing, which may be gone the moment after."""
    return [name for name in names if not name.endswith(".pyc")]


def _with_what_is_compiled_here(library):
    """Put compiled files beside sources of the same time: to compile all anew takes as long as the rest."""
    inside = library / "site-packages"
    standard, installed = (Path(sysconfig.get_path(kind)) for kind in ("stdlib", "purelib"))
    for root, goal in ((standard, library), (installed, inside), (ROOT / "src", inside)):
        for cache in root.rglob("__pycache__"):
            place = goal / cache.relative_to(root)
            if place.parent.is_dir() and (goal == inside or "site-packages" not in cache.parts):
                shutil.copytree(
                    cache, place, ignore=_in_the_making, copy_function=_linked, dirs_exist_ok=True
                )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="built for Linux here")
def test_the_folder_runs_without_this_environment(tmp_path):
    folder = tmp_path / "mit Leerzeichen" / "sozialraum"
    portable.build_here(folder)
    (library,) = (folder / "python" / "lib").iterdir()
    _with_what_is_compiled_here(library)
    assert os.access(folder / "start", os.X_OK)
    moved = tmp_path / "anderswo"
    folder.rename(moved)
    done = subprocess.run(
        [moved / "start", "demo", "stadt", "--city", "columbus"],
        cwd=tmp_path,
        env={"PATH": "/nowhere", "HOME": str(tmp_path), "PYTHONPATH": "/nowhere"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "stadt" / "maps" / "atlas.html").stat().st_size > 100_000
    prefix = subprocess.run(
        [
            moved / "python" / "bin" / "python3",
            "-c",
            "import sys, shapely; print(sys.prefix, shapely.__file__)",
        ],
        env={"PYTHONHOME": str(moved / "python"), "LD_LIBRARY_PATH": str(moved / "python" / "bundled")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert all(path.startswith(str(moved)) for path in prefix.split())

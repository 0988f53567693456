"""Build one folder or archive with interpreter, libraries and program: unpack, double-click, no installation.

For this platform everything is taken from the environment that runs this script (no network):

    .venv/bin/python packaging/portable.py dist/sozialraum --archive

For Windows, on any machine with pip, from Python's own embeddable package and ready-made wheels:

    python packaging/portable.py dist/sozialraum-windows --windows python-3.11.9-embed-amd64.zip --archive
"""

from __future__ import annotations

import argparse
import compileall
import os
import py_compile
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = ("report",)
"""Extras that belong into the archive: documents as PDF."""

NOT_NEEDED = {"test", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "site-packages",
              "dist-packages", "__pycache__"}  # fmt: skip
"""Parts of the standard library that nothing here imports, and what is installed beside it."""

OF_THE_SYSTEM = re.compile(r"^(linux-vdso|ld-linux|lib(c|m|dl|rt|pthread|util|resolv|nsl)\.so)")
"""Libraries that belong to the kernel and to glibc: taken from the machine that it runs on."""

START_UNIX = """#!/bin/sh
# Opens the page of sozialraum; nothing is installed, nothing leaves this machine.
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
here=$(cd -P -- "$here" && pwd)
unset PYTHONPATH
export PYTHONHOME="$here/python" PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1
export LD_LIBRARY_PATH="$here/python/bundled"
exec "$here/python/bin/python3" -m sozialraum "${@:-start}"
"""

START_WINDOWS = """@echo off
rem Opens the page of sozialraum; nothing is installed, nothing leaves this machine.
set PYTHONPATH=
set PYTHONNOUSERSITE=1
set PYTHONDONTWRITEBYTECODE=1
set PYTHONUTF8=1
if "%~1"=="" (
  "%~dp0python\\python.exe" -m sozialraum start
) else (
  "%~dp0python\\python.exe" -m sozialraum %*
)
if errorlevel 1 pause
"""


def main() -> None:
    """Read the arguments, build, and say what was built."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="new folder")
    parser.add_argument("--windows", type=Path, metavar="ZIP", help="Python's embeddable package for Windows")
    parser.add_argument("--archive", action="store_true", help="also pack the folder as FOLDER.zip")
    asked = parser.parse_args()
    if asked.folder.exists() and any(asked.folder.iterdir()):
        parser.error(f"{asked.folder} is not empty")
    if asked.windows:
        build_windows(asked.folder, asked.windows)
    else:
        build_here(asked.folder)
        compiled(asked.folder / "python" / "lib")
    size = sum(path.stat().st_size for path in asked.folder.rglob("*") if path.is_file())
    print(f"{asked.folder}: {size / 1e6:.0f} MB")
    if asked.archive:
        print(f"{pack(asked.folder)}: {pack(asked.folder).stat().st_size / 1e6:.0f} MB")


def build_here(folder: Path) -> None:
    """Put this interpreter, what the program needs of this environment, and the program into a folder."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    home = folder / "python"
    library = home / "lib" / version
    binary = Path(sys._base_executable).resolve()  # noqa: SLF001 - behind the environment's link
    _link(binary, home / "bin" / "python3")
    for kind in ("stdlib", "platstdlib"):
        _tree(Path(sysconfig.get_path(kind, vars={"base": sys.base_prefix})), library)
    site = library / "site-packages"
    for found in needed():
        for name in found.files or ():
            source = Path(str(found.locate_file(name))).resolve()
            if {"..", "tests"}.isdisjoint(name.parts) and name.suffix != ".pyc" and source.is_file():
                _link(source, site / name)
    program(site)
    _shared_libraries(home)
    start = folder / "start"
    start.write_text(START_UNIX, encoding="utf-8")
    start.chmod(0o755)


def build_windows(folder: Path, embedded: Path) -> None:
    """Unpack Python's embeddable package and put ready-made wheels for Windows and the program beside it."""
    home = folder / "python"
    with zipfile.ZipFile(embedded) as archive:
        archive.extractall(home)
    (setting,) = home.glob("python3*._pth")
    version = re.search(r"3\.\d+\.\d+", embedded.name)
    if version is None:
        message = f"{embedded.name}: keep the name that python.org gives it, python-3.X.Y-embed-amd64.zip"
        raise SystemExit(message)
    setting.write_text(f"{setting.stem}.zip\n.\nLib\\site-packages\n", encoding="utf-8")
    site = home / "Lib" / "site-packages"
    site.mkdir(parents=True)
    wanted = [*PROJECT["project"]["dependencies"]]
    wanted += [name for extra in EXTRAS for name in PROJECT["project"]["optional-dependencies"][extra]]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "--no-compile"]
    command += ["--target", str(site), "--platform", "win_amd64", "--implementation", "cp"]
    command += ["--python-version", version[0], "-c", str(ROOT / "constraints.txt"), *wanted]
    subprocess.run(command, check=True)  # noqa: S603 - pip, with arguments of our own
    program(site)
    (folder / "start.bat").write_bytes(START_WINDOWS.replace("\n", "\r\n").encode())


def needed() -> list[Distribution]:
    """List what the program needs at runtime and is installed here, in a fixed order."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(name) for name in PROJECT["project"]["dependencies"]]
    waiting += [
        Requirement(name) for extra in EXTRAS for name in PROJECT["project"]["optional-dependencies"][extra]
    ]
    while waiting:
        asked = waiting.pop()
        environments = [{**default_environment(), "extra": extra} for extra in (*asked.extras, "")]
        if asked.marker and not any(asked.marker.evaluate(environment) for environment in environments):
            continue
        name = re.sub(r"[-_.]+", "-", asked.name).lower()
        if name in found:
            continue
        found[name] = distribution(asked.name)
        waiting += [
            inner
            for inner in map(Requirement, found[name].requires or ())
            if not inner.marker
            or any(
                inner.marker.evaluate({**default_environment(), "extra": extra})
                for extra in (*asked.extras, "")
            )
        ]
    return [found[name] for name in sorted(found)]


def program(site: Path) -> None:
    """Copy the program and the demo city, as the wheel would hold them."""
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "src" / "sozialraum", site / "sozialraum", ignore=ignore)
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for source, target in included.items():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, site / target, ignore=ignore)
        else:
            (site / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / source, site / target)


def compiled(library: Path) -> None:
    """Compile what stands below `library`: what nothing may be written to is else compiled at each start.

    The compiled files do not look at the time of their source, which unpacking changes.
    """
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(
        library, maxlevels=30, quiet=2, workers=os.cpu_count() or 1, invalidation_mode=unchecked
    )


def pack(folder: Path) -> Path:
    """Pack a folder as FOLDER.zip, executable files staying executable."""
    path = folder.with_name(folder.name + ".zip")
    if not path.exists():
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for source in sorted(folder.rglob("*")):
                archive.write(source, Path(folder.name) / source.relative_to(folder))
    return path


def _shared_libraries(home: Path) -> None:
    """Collect the libraries that interpreter and packages ask this machine for, but for those of glibc."""
    objects = [home / "bin" / "python3", *sorted(home.rglob("*.so*"))]
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    for start in range(0, len(objects), 100):
        told = subprocess.run(  # noqa: S603
            ["ldd", *map(str, objects[start : start + 100])],  # noqa: S607 - of the system that builds
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        ).stdout
        for name, path in re.findall(r"^\s+(\S+) => (/.+) \(0x", told, flags=re.MULTILINE):
            inside = Path(path).resolve().is_relative_to(home.resolve())
            if not OF_THE_SYSTEM.match(name) and not inside and not (home / "bundled" / name).exists():
                _link(Path(path).resolve(), home / "bundled" / name)


def _tree(source: Path, target: Path) -> None:
    for folder, inner, names in os.walk(source):
        inner[:] = [name for name in inner if name not in NOT_NEEDED]
        for name in names:
            path = Path(folder) / name
            goal = target / path.relative_to(source)
            if path.suffix not in {".pyc", ".a"} and not name.startswith("_tkinter") and not goal.exists():
                _link(path.resolve(), goal)


def _link(source: Path, target: Path) -> None:
    """Link a file where the disk allows it (no second copy), else copy it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


if __name__ == "__main__":
    main()

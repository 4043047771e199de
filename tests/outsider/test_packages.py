"""Packages build: that of the zoo runs from its wheel alone, and one that ``zoo new`` wrote holds what it should."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UV = shutil.which("uv")
pytestmark = pytest.mark.skipif(UV is None, reason="packages are built with uv, which is not on the PATH")


def build(source: Path, out: Path) -> tuple[Path, Path]:
    """A wheel and a source archive."""
    _run([str(UV), "build", "--quiet", "--out-dir", str(out), str(source)])
    [wheel], [archive] = out.glob("*.whl"), out.glob("*.tar.gz")
    return wheel, archive


def _run(command: list[str], **named: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **named)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr[-2000:]
    return str(done.stdout)


def test_the_wheel_of_the_zoo_runs_without_its_sources(tmp_path: Path, tiny_data: Path) -> None:
    wheel, archive = build(ROOT, tmp_path / "dist")
    with tarfile.open(archive) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    assert {"README.md", "LICENSE", "pyproject.toml", "zoo/py.typed", "tests/conftest.py"} <= names
    environment = tmp_path / "bare"
    _run([str(UV), "venv", "--quiet", "--python", sys.executable, str(environment)])
    python = environment / "bin" / "python"
    _run([str(UV), "pip", "install", "--quiet", "--no-deps", "--python", str(python), str(wheel)])
    [packages] = environment.glob("lib/python*/site-packages")
    # What the zoo depends on is borrowed from here, rather than downloaded; the zoo itself comes from the wheel.
    (packages / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    variables = {**os.environ, "ZOO_CACHE": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1"}
    where = _run([str(python), "-c", "import zoo; print(zoo.__file__)"], cwd=tmp_path, env=variables)
    assert Path(where.strip()).is_relative_to(packages)
    program = str(environment / "bin" / "zoo")
    options = ["--data", f"folder:{tiny_data}", "--size", "16", "--epochs", "1", "--batch-size", "16"]
    out = _run([program, "run", "unet", *options], cwd=tmp_path, env=variables)
    assert "lookup" in out
    assert (tmp_path / "runs" / "unet-1" / "report.html").is_file()


def test_a_new_package_builds_with_readme_licence_and_tests(tmp_path: Path, zoo_cli) -> None:  # type: ignore[no-untyped-def]
    made = zoo_cli("new", "fresh", "--package", "--out", str(tmp_path))
    assert made.code == 0
    assert " pip install -e " in made.out
    wheel, archive = build(tmp_path / "zoo-fresh", tmp_path / "dist")
    with tarfile.open(archive) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    assert {"README.md", "LICENSE", "pyproject.toml", "zoo_fresh/__init__.py", "tests/test_contract.py"} <= names
    with zipfile.ZipFile(wheel) as files_of_wheel:
        inside = set(files_of_wheel.namelist())
        metadata = files_of_wheel.read("zoo_fresh-0.1.0.dist-info/METADATA").decode()
    assert {"zoo_fresh/__init__.py", "zoo_fresh-0.1.0.dist-info/licenses/LICENSE"} <= inside
    assert "# zoo-fresh" in metadata

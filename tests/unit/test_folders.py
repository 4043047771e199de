"""The one walk over folders: what it passes over, and what it follows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zoo.errors import UserError
from zoo.folders import files_below


def names(top: Path, *, deep: bool = True) -> list[str]:
    return [name for _, name in files_below(top, {".png"}, deep=deep)]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    for name in ("b.png", "a.PNG", "._a.png", ".hidden/c.png", "__MACOSX/._b.png", "x.txt", "in/d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert names(tmp_path) == ["a.PNG", "b.png", "in/d.png"]
    assert names(tmp_path, deep=False) == ["a.PNG", "b.png"]


def test_a_folder_with_the_name_of_a_file_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    (tmp_path / "a.png" / "b.png").touch()
    assert names(tmp_path) == ["a.png/b.png"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.png").touch()
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    (tmp_path / "top" / "twin").symlink_to(tmp_path / "real", target_is_directory=True)
    (tmp_path / "real" / "up").symlink_to(tmp_path / "top", target_is_directory=True)
    assert names(tmp_path / "top") == ["link/a.png"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is closed to an administrator")
def test_a_closed_folder_is_no_empty_one(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    with pytest.raises(UserError, match="cannot look into"):
        names(tmp_path)


def test_a_missing_folder_is_no_empty_one(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot look into"):
        names(tmp_path / "missing")

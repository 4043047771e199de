"""A browser with the engine in it, for the tests of what pages compute."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..browser import browse, find_browser
from .bench import Bench


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One browser for all tests of a process."""
    program = find_browser()
    if program is None:
        pytest.skip("there is no Chromium on the PATH, and CHROMIUM names none")
    folder: Path = tmp_path_factory.mktemp("bench")
    with browse(program, "file://", folder / "profile") as page:
        yield Bench(page, folder)

"""A browser for the tests of pages and of what they compute."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ..browser import Page, browse, find_browser
from .bench import Bench


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One browser for all tests of a process."""
    program = find_browser()
    if program is None:
        pytest.skip("there is no Chromium on the PATH, and CHROMIUM names none")
    with browse(program, "file://", tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture(scope="session")
def bench(browser: Page, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The browser with the engine in it."""
    return Bench(browser, tmp_path_factory.mktemp("bench"))

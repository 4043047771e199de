"""``zoo export``: what it refuses, in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ..conftest import Outcome


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none", "--html"], "none is no run folder"),
        (["none"], "name one format: zoo export RUN --html, or --onnx."),
        (["none", "--html", "--onnx"], "name one format"),
    ],
)
def test_wrong_input_is_refused_in_a_line(zoo_cli: Callable[..., Outcome], arguments: list[str], message: str) -> None:
    outcome = zoo_cli("export", *arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert not list(Path().iterdir())

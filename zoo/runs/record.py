"""What ``run.json`` and ``metrics.jsonl`` hold, checked as it is read: a damaged file must not look like a result."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

SCHEMA = 2
"""Version of ``run.json``."""

STATUSES = ("running", "done", "interrupted", "failed")

_FIELDS: Mapping[str, type] = {
    "architecture": str,
    "identity": dict,
    "judged_on": str,
    "notes": list,
    "num_classes": int,
    "parameters": int,
    "plan": dict,
    "precision": str,
    "task_state": dict,
    "train_pictures": int,
    "val_pictures": int,
    "versions": dict,
}


def read_record(text: bytes) -> dict[str, Any]:
    """The content of ``run.json``; figures that were not finite are NaN.

    Raises:
        ValueError: saying what is wrong with it.
    """
    record = _object(text)
    if record.get("schema") != SCHEMA:
        raise ValueError(f"it has schema {record.get('schema')!r}, and this zoo reads {SCHEMA}")
    if record.get("status") not in STATUSES:
        raise ValueError(f"its status is {record.get('status')!r}")
    for name, kind in _FIELDS.items():
        if not isinstance(record.get(name), kind):
            raise ValueError(f"its {name} is {record.get(name)!r:.40}")
    for name in ("result", "reference"):
        if name in record:
            record[name] = _figures(record[name])
    return record


def read_epochs(text: bytes) -> list[dict[str, float]]:
    """The lines of ``metrics.jsonl``, one per finished epoch; figures that were not finite are NaN.

    Raises:
        ValueError: saying which line is damaged.
    """
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            figures = _figures(_object(line))
        except ValueError as error:
            raise ValueError(f"line {number} is damaged ({error})") from error
        if figures.get("epoch") != number:
            raise ValueError(f"line {number} is of epoch {figures.get('epoch')!r:.40}")
        lines.append(figures)
    return lines


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("too deeply nested") from error
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return value


def _figures(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("no figures")
    return {name: math.nan if figure is None else figure for name, figure in value.items()}

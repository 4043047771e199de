"""Which exercises were solved, and when: one small file of the user's own, which never leaves this machine."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from zoo.errors import UserError
from zoo.files import write_text
from zoo.folders import own_place


def progress_file() -> Path:
    """The file: ZOO_PROGRESS, or else one in the user's data folder. It may not exist yet."""
    return own_place("ZOO_PROGRESS", lambda: platformdirs.user_data_path("zoo") / "quiz.json")


def solved() -> Mapping[str, str]:
    """The date on which each exercise was first solved, by its address; nothing if the file is missing or damaged."""
    try:
        record = json.loads(progress_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, UserError):
        return {}
    if not isinstance(record, dict):
        return {}
    return {address: date for address, date in record.items() if isinstance(date, str)}


def note_solved(address: str) -> None:
    """Add an exercise to the record, unless it is there.

    Raises:
        OSError: if the record cannot be written.
    """
    record = solved()
    if address in record:
        return
    path = progress_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    write_text(path, json.dumps({**record, address: today}, indent=2) + "\n")

"""Prints the table of docs/fast.md: ``python -m tests.bench`` for all groups, or ``python -m tests.bench conv labels``.

On a quiet machine, with byte code compiled as on a user's machine: ``uv sync --compile-bytecode``.
"""

from __future__ import annotations

import datetime
import os
import platform
import sys

import torch

from tests.bench.groups import GROUPS

HEAD = ("group", "zoo", "beside", "ratio", "quartiles", "rounds", "faster")


def main(names: list[str]) -> None:
    """Print the groups of these names, or all."""
    if unknown := sorted(set(names) - set(GROUPS)):
        sys.exit(f"no group {unknown[0]}; there are {', '.join(GROUPS)}.")
    print(  # noqa: T201
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {platform.machine()} with {os.cpu_count()} cores, "
        f"{torch.get_num_threads()} thread(s), load {os.getloadavg()[0]:.1f} at the start, "
        f"Python {platform.python_version()}, torch {torch.__version__}.\n"
    )
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")  # noqa: T201
    for name, (group, rounds) in GROUPS.items():
        if not names or name in names:
            for pair in group(rounds):
                print(f"| {' | '.join(pair.row())} |", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])

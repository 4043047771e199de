"""A thousand random wrong formulas for each of the course's networks: how many does the comparison call right?

Run: ``python tests/campaign/wrong_formulas.py``. The default tests do the same with thirty.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from test_complexity_proof import ARCHITECTURES, wrong_ticks

if __name__ == "__main__":
    for name in ("baseline", "unet"):
        tried, ticked = wrong_ticks(ARCHITECTURES[name], 1000, seed=1)
        print(f"{name}: {len(ticked)} of {tried} wrong formulas were called right", *ticked, sep="\n  ")  # noqa: T201

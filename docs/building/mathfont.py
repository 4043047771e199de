"""A font for formulas that the site brings along, for browsers on machines that have none.

Without a font that has a MATH table, brackets do not stretch and sums stay small. STIX Two Math has one (SIL Open Font
License 1.1); the package ziamath ships it, and here it is cut down to the characters of formulas.
"""

from __future__ import annotations

import importlib.resources
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

CHARACTERS = (
    (0x20, 0x17F),  # Latin
    (0x300, 0x36F),  # accents
    (0x370, 0x3FF),  # Greek
    (0x2000, 0x23FF),  # punctuation, letterlike symbols, arrows, operators, tall brackets
    (0x27E6, 0x27EF),  # mathematical brackets
    (0x1D400, 0x1D7FF),  # mathematical letters
)
"""First and last of each range of Unicode."""


def write_font(path: Path) -> None:
    """Write the font as WOFF."""
    options = subset.Options()
    options.flavor = "woff"
    options.layout_features = ["*"]
    source = importlib.resources.files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf"
    with importlib.resources.as_file(source) as file, TTFont(file) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[code for first, last in CHARACTERS for code in range(first, last + 1)])
        subsetter.subset(font)
        subset.save_font(font, path, options)

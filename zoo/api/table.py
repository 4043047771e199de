"""A table: what commands print, what pages show, and what experiments find."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table, the same on a terminal and on a page.

    Attributes:
        head: the column heads.
        rows: the cells, a row a line.
        caption: a line above it, or an empty string.
        words: which columns hold words, counted from 0, and are set from the left; None for all. The others hold
            numbers, which are set from the right and never broken.
        foot: sentences below it.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    words: Collection[int] | None = (0,)
    foot: Sequence[str] = ()

    def is_words(self, column: int) -> bool:
        """Whether a column holds words."""
        return self.words is None or column in self.words

"""The model cards of all shipped weights, as the page `docs/weights.md` prints them."""

from __future__ import annotations

from pagekit import photo, table

from zoo.jobs.card import card_tables, read_card
from zoo.jobs.shipped import shipped_folder, ships
from zoo.registry import load_registry


def cards() -> str:
    """A section for each: its card, and what the network makes of photos where it fails."""
    sections = []
    for entry in load_registry().architectures():
        if ships(entry.value):
            folder = shipped_folder(entry.value)
            card = read_card(folder)
            failures = [f"{photo(folder / name, text)}\n*{text}*\n" for name, text in card.failures.items()]
            sections += [f"## {entry.name}\n", *map(table, card_tables(card)), *failures]
    return "\n".join(sections)

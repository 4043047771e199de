"""Model cards: what has to be known of trained weights before they are used. Importing this module imports no torch.

M. Mitchell et al. (2019), Model Cards for Model Reporting, arXiv:1810.03993.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.api import Table
from zoo.errors import UserError

FILE = "card.json"
"""The card, in the folder of the weights."""

COLUMNS = 6
"""Figures of a class that fit into a table of 80 columns: the first and the last ones."""

FAILURES = 3
"""Pictures that a card shows of its network failing, at least."""


@dataclass(frozen=True)
class Card:
    """The model card of trained weights.

    Attributes:
        purpose: what they are for.
        not_for: what they must not be used for.
        data: what they learned from, and how much of it.
        data_license: the license of that, or the lack of one.
        code_license: the license of the network's code.
        weights_license: the license of the weights, which is another matter.
        command: the command that trained them.
        seeds: the seeds that it was given.
        versions: of the zoo, Python and the libraries that computed.
        sha256: of the file of weights.
        figures: on the validation pictures, by predictor (the network, and the task's reference) and metric.
        by_class: the same of every class.
        check: figures of the network by metric on the validation pictures of a data set that needs no download, which
            a test repeats; the set's name is ``data``.
        failures: pictures where it fails, files of the folder, and what is wrong in each.
    """

    purpose: str
    not_for: str
    data: str
    data_license: str
    code_license: str
    weights_license: str
    command: str
    seeds: list[int]
    versions: dict[str, str]
    sha256: str
    figures: dict[str, dict[str, float]]
    by_class: dict[str, dict[str, dict[str, float]]]
    check: dict[str, Any]
    failures: dict[str, str]


def read_card(folder: Path) -> Card:
    """The card in a folder of weights.

    Raises:
        UserError: if there is none, or it lacks something.
    """
    path = folder / FILE
    try:
        return checked(json.loads(path.read_text(encoding="utf-8")))
    except OSError:
        raise UserError(f"{folder} has no model card {FILE}; `zoo.pack` writes one.") from None
    except ValueError as error:
        raise UserError(f"{path}: {error}.") from None


def checked(fields: Mapping[str, Any]) -> Card:
    """A card of these fields.

    Raises:
        ValueError: naming what is missing or empty, or is no field of a card.
    """
    names = Card.__dataclass_fields__
    if missing := [name for name in names if not fields.get(name)]:
        raise ValueError(f"the card does not say its {', '.join(missing)}")
    if unknown := [name for name in fields if name not in names]:
        raise ValueError(f"a card has no {', '.join(unknown)}")
    if len(fields["failures"]) < FAILURES:
        raise ValueError(f"the card shows {len(fields['failures'])} of its failures, and should show {FAILURES}")
    return Card(**fields)


def card_tables(card: Card) -> list[Table]:
    """A card to be read: what is known in words, then the figures, of all pictures and by class."""
    words = {
        "what for": card.purpose,
        "not for": card.not_for,
        "trained on": card.data,
        "license of the data": card.data_license,
        "of the code": card.code_license,
        "of the weights": card.weights_license,
        "trained by": card.command,
        "seeds": ", ".join(map(str, card.seeds)),
        "versions": ", ".join(f"{name} {version}" for name, version in card.versions.items()),
        "SHA-256": card.sha256,
        **{f"fails: {picture}": text for picture, text in card.failures.items()},
    }
    predictors = list(card.figures)
    of_all = [
        [_short(name), *(_figure(card.figures[who], name) for who in predictors)]
        for name in card.figures[predictors[0]]
    ]
    names = list(next(iter(next(iter(card.by_class.values())).values())))
    names = names if len(names) <= COLUMNS else [*names[: COLUMNS - 2], *names[-2:]]
    by_class = [
        [group, who, *(_figure(figures, name) for name in names)]
        for group, by_predictor in card.by_class.items()
        for who, figures in by_predictor.items()
    ]
    return [
        Table(["shipped weights", ""], [[key, text] for key, text in words.items()], words=None),
        Table(["validation", *predictors], of_all),
        Table(["class", "by", *map(_short, names)], by_class, words=(0, 1)),
    ]


def _figure(figures: Mapping[str, float], name: str) -> str:
    return f"{figures[name]:.3f}"


def _short(name: str) -> str:
    return name.removesuffix("_accuracy").replace("_", " ")

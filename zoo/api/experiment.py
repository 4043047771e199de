"""What an experiment is. Importing this module imports neither torch nor numpy.

An experiment is a list of parts, trainings and measurements, each of which leaves plain numbers; and two pure functions
of these numbers: `Experiment.conclude` gives tables and verdicts, `Experiment.draw` charts. So a result that was kept
can be judged again by anybody, and the pages of the documentation are made of results, not of runs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from zoo.config import Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.api.catalog import Catalog
    from zoo.api.table import Table
    from zoo.progress import Progress
    from zoo.runs.run import Run
    from zoo.runs.samples import Rows

Measured = dict[str, Any]
"""What a part leaves: JSON, numbers rounded to seven digits."""

Outcome = Literal["holds", "holds in part", "refuted", "not decided at this size"]
"""How a claim fares."""


@dataclass(frozen=True)
class Claim:
    """Something that is said, and when it shall count as true.

    Attributes:
        name: a short key.
        text: what is claimed.
        rule: the rule by which the claim is judged, written down before the run.
    """

    name: str
    text: str
    rule: str


@dataclass(frozen=True)
class Verdict:
    """How a claim fares, and the figures that decided it, in a sentence."""

    outcome: Outcome
    because: str


def graded(because: str, *, holds: bool, in_part: bool = False) -> Verdict:
    """The verdict of a rule that has two steps: a claim that does not hold may hold in part, or else is refuted."""
    return Verdict("holds" if holds else "holds in part" if in_part else "refuted", because)


def judged(because: str, answers: Sequence[bool | None]) -> Verdict:
    """The verdict of a claim that consists of several, each of which is right, wrong or open (None).

    It holds if all are right, holds in part if some are, is refuted if all are wrong, and else is not decided.
    """
    if any(answers):
        return graded(because, holds=all(answers), in_part=True)
    return Verdict("refuted" if all(answer is False for answer in answers) else "not decided at this size", because)


@dataclass(frozen=True)
class Findings:
    """What the numbers say.

    Attributes:
        verdicts: by the name of the claim; one for each.
        tables: what there is to read, in order.
        remarks: what else the figures show, a paragraph each.
    """

    verdicts: Mapping[str, Verdict]
    tables: Sequence[Table]
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class Conditions:
    """What its user may choose of an experiment.

    Attributes:
        quick: a size that ends in under a minute, and decides little.
        seeds: every training is done once with each.
        data: the data set that is trained on, ``NAME`` or ``NAME:ARGUMENT``.
        epochs: passes over the training pictures; None for the experiment's own choice.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """

    quick: bool = False
    seeds: tuple[int, ...] = (0, 1, 2)
    data: str = "photos"
    epochs: int | None = None
    device: str = "auto"


@dataclass(frozen=True)
class Training:
    """A part that trains; experiments that ask for the same one share it.

    It leaves the architecture's ``parameters``, the ``result`` and ``reference`` figures as ``run.json`` has them, the
    ``epochs`` as ``metrics.jsonl`` has them, and how it was run; or ``failed``, a line, where the loss was no number.

    Attributes:
        architecture: its name or address.
        data: the data set, ``NAME`` or ``NAME:ARGUMENT``.
        seed: fixes the run.
        settings: changes to settings, by address, such as ``{"num_filters": 64, "recipe.epochs": 3}``.
        task: what is predicted.
        size: height and width of the pictures, in pixels; the task's own if None.
        recipe: the recipe's name.
    """

    architecture: str
    data: str
    seed: int
    settings: Mapping[str, Value] = field(default_factory=dict)
    task: str = "colorization"
    size: int | None = None
    recipe: str = "default"


@dataclass(frozen=True)
class Context:
    """What a measurement, and the drawing of sheets, is given.

    Attributes:
        runs: the finished trainings, by the names under which a measurement asked for them, or by label.
        registry: the plugins.
        progress: hears how the work goes on.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """

    runs: Mapping[str, Run]
    registry: Catalog
    progress: Progress
    device: str


@dataclass(frozen=True)
class Measurement:
    """A part that counts or measures; it leaves ``failed`` where a training that it needs has failed.

    Attributes:
        function: called with a `Context` and the arguments; a function of a module, for what it measures is kept as
            long as the code of this module, and of all that it imports, stays the same.
        arguments: keyword arguments, JSON.
        needs: trainings whose runs it works on.
        uses: names of architectures, tasks, data sets and convolutions that the function asks the registry for, beside
            those of `needs`; their code counts as the function's own.
    """

    function: Callable[..., Measured]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    needs: Mapping[str, Training] = field(default_factory=dict)
    uses: tuple[str, ...] = ()


Part = Training | Measurement


class Experiment(ABC):
    """A question, as a plugin registers it.

    Attributes:
        name: short and in lower case.
        summary: the question, in a line.
        asked: where: the part of the course that asks it, such as ``A2``; empty if it is our own.
        claims: what is said, to be judged.
        method: what is held equal, and what varies.
        uses_data: whether it trains, and so depends on `Conditions.data`.
        uses_seeds: whether chance enters, so that it is repeated for every seed.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    asked: ClassVar[str] = ""
    claims: ClassVar[tuple[Claim, ...]]
    method: ClassVar[str]
    uses_data: ClassVar[bool] = True
    uses_seeds: ClassVar[bool] = True

    @abstractmethod
    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """What is to be done, by a label for each, such as ``lr 0.3, no skips, seed 1``."""

    @abstractmethod
    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Judge by the numbers alone: what every part left, by its label."""

    @abstractmethod
    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Charts by name, at least one, from the numbers alone."""

    def sheets(self, context: Context, conditions: Conditions) -> Mapping[str, Rows]:
        """Sheets of pictures by name, from the runs that trained to an end, by label; none unless overridden."""
        return {}

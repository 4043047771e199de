"""The verdicts of `batch-size`."""

from __future__ import annotations

from collections.abc import Callable

from zoo.api.experiment import Verdict, graded
from zoo.api.spread import Spread, above, decided
from zoo.experiments.questions.batch_size import STRONG
from zoo.experiments.questions.batch_size.measure import MODES, USUAL
from zoo.experiments.questions.batch_size.numbers import Numbers

EPOCHS, UPDATES, SCALED = MODES


def verdicts(numbers: Numbers) -> dict[str, Verdict]:
    """The claims, judged; see their rules."""
    judges: dict[str, Callable[[Numbers], Verdict]] = {
        "loss": _loss,
        "time": _time,
        "pictures": _pictures,
        "updates": _updates,
        "rate": _rate,
    }
    if numbers.conditions.quick or not decided(*(numbers.ranks("loss", mode) for mode in numbers.modes)):
        undecided = Verdict(
            "not decided at this size", "it takes whole epochs, and two seeds at least that all trained to an end."
        )
        return dict.fromkeys(judges, undecided)
    return {name: judge(numbers) for name, judge in judges.items()}


def _loss(numbers: Numbers) -> Verdict:
    small, large = _ends(numbers)
    grow = [numbers.ranks(name, EPOCHS).low >= STRONG for name in ("loss", "train_loss")]
    return graded(
        f"from a batch of {small} to one of {large}, validation loss goes from "
        f"{_at(numbers, 'loss', EPOCHS, '{:.3f}')}, {_rank(numbers, 'loss')}; training loss from "
        f"{_at(numbers, 'train_loss', EPOCHS, '{:.3f}')}, {_rank(numbers, 'train_loss')}.",
        holds=all(grow),
        in_part=any(grow),
    )


def _time(numbers: Numbers) -> Verdict:
    slow, quick = (numbers.spread("train_s", EPOCHS, size) for size in _ends(numbers))
    return graded(
        f"{_at(numbers, 'train_s', EPOCHS, '{:.1f}')} s from the smallest to the largest batch, "
        f"{_rank(numbers, 'train_s')}.",
        holds=numbers.ranks("train_s", EPOCHS).high <= -STRONG,
        in_part=above(slow, quick),
    )


def _pictures(numbers: Numbers) -> Verdict:
    worse = [
        numbers.ranks("ciede2000", EPOCHS).low >= STRONG,
        numbers.ranks("chromatic_accuracy", EPOCHS).high <= -STRONG,
    ]
    return graded(
        f"CIEDE2000 goes from {_at(numbers, 'ciede2000', EPOCHS, '{:.1f}')}, {_rank(numbers, 'ciede2000')}; chromatic "
        f"accuracy from {_at(numbers, 'chromatic_accuracy', EPOCHS, '{:.1%}')}, "
        f"{_rank(numbers, 'chromatic_accuracy')}.",
        holds=all(worse),
        in_part=any(worse),
    )


def _updates(numbers: Numbers) -> Verdict:
    at_epochs, at_updates = (numbers.ranks("loss", mode) for mode in (EPOCHS, UPDATES))
    return graded(
        f"at equal updates the rank correlation is {at_updates.format('{:+.2f}')}, the loss goes from "
        f"{_at(numbers, 'loss', UPDATES, '{:.3f}')}; at equal epochs {at_epochs.format('{:+.2f}')}.",
        holds=at_updates.high <= 0,
        in_part=above(at_epochs, at_updates),
    )


def _rate(numbers: Numbers) -> Verdict:
    large, usual = _ends(numbers)[1], numbers.spread("loss", EPOCHS, USUAL)
    sizes = [size for size in numbers.sizes(SCALED) if size > USUAL]
    scaled = {size: numbers.spread("loss", SCALED, size) for size in sizes}
    lower = [above(numbers.spread("loss", EPOCHS, size), scaled[size]) for size in sizes]
    recovered = [not above(scaled[size], usual) for size in sizes]
    return graded(
        f"lower than at the unscaled rate at {sum(lower)} of {len(lower)} sizes above {USUAL}, not above the loss "
        f"at {USUAL} at {sum(recovered)}; at {large}: {scaled[large].mean:.3f} against "
        f"{numbers.spread('loss', EPOCHS, large).mean:.3f}, and {usual.mean:.3f} at {USUAL}.",
        holds=all(lower) and all(recovered),
        in_part=any(lower),
    )


def _ends(numbers: Numbers) -> tuple[int, int]:
    """The smallest batch and the largest."""
    sizes = numbers.sizes(EPOCHS)
    return sizes[0], sizes[-1]


def _at(numbers: Numbers, figure: str, mode: str, pattern: str) -> str:
    """A figure at the smallest batch and at the largest."""
    return " to ".join(pattern.format(numbers.spread(figure, mode, size).mean) for size in _ends(numbers))


def _rank(numbers: Numbers, figure: str) -> str:
    ranks: Spread = numbers.ranks(figure, EPOCHS)
    return f"rank correlation {ranks.format('{:+.2f}')}"

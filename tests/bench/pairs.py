"""Two programs timed in turn, and what may be concluded from that."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Pair:
    """The zoo and what a user would run instead, timed one after the other, again and again.

    Attributes:
        group: what is measured.
        zoo: what the zoo runs.
        peer: what stands beside it.
        zoo_s: seconds of every round.
        peer_s: seconds of the same rounds.
    """

    group: str
    zoo: str
    peer: str
    zoo_s: tuple[float, ...]
    peer_s: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """The zoo's time over its peer's, round by round: what slows the machine down slows both."""
        return sorted(mine / theirs for mine, theirs in zip(self.zoo_s, self.peer_s, strict=True))

    @property
    def ratio(self) -> float:
        """The median of the ratios."""
        return statistics.median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles of the ratios: half of the rounds lie between."""
        first, _, third = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return first, third

    @property
    def verdict(self) -> str:
        """Who is faster; not settled where the spread reaches over 1, or there are fewer than three rounds."""
        low, high = self.spread if len(self.ratios) > 2 else (0.0, float("inf"))
        if high < 1:
            return "zoo"
        return self.peer if low > 1 else "not settled"

    def row(self) -> list[str]:
        """The cells of the table: group, both times, ratio, spread, rounds and verdict."""
        mine, theirs = (_time(statistics.median(times)) for times in (self.zoo_s, self.peer_s))
        low, high = self.spread
        span, rounds = f"{low:.2f} to {high:.2f}", str(len(self.zoo_s))
        return [
            self.group,
            f"{self.zoo}: {mine}",
            f"{self.peer}: {theirs}",
            f"{self.ratio:.2f}",
            span,
            rounds,
            self.verdict,
        ]


def measure(group: str, zoo: tuple[str, Work], peer: tuple[str, Work], rounds: int) -> Pair:
    """Time two programs in turn, each once unmeasured before; who begins changes from round to round."""
    for _, work in (zoo, peer):
        work()
    times: dict[str, list[float]] = {"zoo": [], "peer": []}
    for number in range(rounds):
        turn = [("zoo", zoo[1]), ("peer", peer[1])]
        for side, work in turn if number % 2 else reversed(turn):
            start_s = time.perf_counter()
            work()
            times[side].append(time.perf_counter() - start_s)
    return Pair(group, zoo[0], peer[0], tuple(times["zoo"]), tuple(times["peer"]))


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"

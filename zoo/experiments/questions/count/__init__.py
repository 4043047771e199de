"""A3: are the weights, outputs and connections in the write-up's table the right ones?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoo.api.experiment import Claim, Conditions, Experiment, Findings, Measured, Part

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Count(Experiment):
    """The write-up's table beside the proved one."""

    name = "count"
    summary = "How many weights, outputs and connections has the baseline, and what if the picture is doubled?"
    asked = "A3"
    claims = (
        Claim(
            "lines",
            "Weights, outputs and connections of every layer are as the write-up's table has them.",
            "Each of its formulas is compared by algebra, in all symbols, with the one that the core derives from the "
            "network and tests against counts. The claim holds if all are the same, holds in part if at least half "
            "are, and is refuted otherwise.",
        ),
        Claim(
            "sums",
            "The write-up's totals are the sums of its table's lines.",
            "The lines are summed by algebra at what the totals take for granted (k = 3, NIC = 1, 32x32). It holds if "
            "all three totals are the sums, holds in part if one or two are, and is refuted otherwise.",
        ),
        Claim(
            "totals",
            "The network has 27 NF + 72 NF² + 9 NC² + 9 NF NC + 4 NC weights, 2368 NF + 2304 NC outputs and 9216 NF + "
            "8064 NF² + 2304 NF NC + 9216 NC² connections.",
            "The totals are compared by algebra with the proved ones of all layers that the network runs, at k = 3, "
            "NIC = 1, 32x32. It holds if all three are the same, holds in part if one or two are, and is refuted "
            "otherwise.",
        ),
        Claim(
            "doubling",
            "If the picture's height and width are doubled, the weights stay as many, and outputs and connections "
            "become four times as many.",
            "The proved totals are doubled by algebra in all symbols, and a count at 64x64 must say the same. It holds "
            "if the factors are 1, 4 and 4 whether taps that fall on padding count as connections or not, holds in "
            "part if they are so only with these taps, and is refuted otherwise.",
        ),
    )
    method = (
        "Nothing is trained. The table's formulas are typed in as the write-up has them. The right ones are derived "
        "from the network: it is counted at chosen sizes and settings, polynomials in k, NIC, NF, NC, H and W are "
        "fitted exactly, and tested at random ones; they must also equal the formulas that the baseline registers. "
        "Here as there, weights include biases and BatchNorm's scale and shift; one multiply-add is one connection, "
        "taps on padding included, adding a bias is none; H and W are multiples of 4."
    )
    uses_data = False
    uses_seeds = False

    def parts(self, conditions: Conditions) -> Mapping[str, Part]:
        """The network at the course's size with formulas, and counted at the doubled one."""
        from zoo.experiments.questions.count.measure import parts

        return parts()

    def conclude(self, measured: Mapping[str, Measured], conditions: Conditions) -> Findings:
        """Compare by algebra, line by line and in total."""
        from zoo.experiments.questions.count.proved import Proved
        from zoo.experiments.questions.count.tables import remarks, tables
        from zoo.experiments.questions.count.verdicts import verdicts
        from zoo.experiments.questions.count.written import LARGE, SMALL

        small, large = Proved(measured[SMALL]), Proved(measured[LARGE])
        return Findings(verdicts(small, large), tables(small, large), remarks(small))

    def draw(self, measured: Mapping[str, Measured], conditions: Conditions) -> Mapping[str, Figure]:
        """Claimed beside proved by layer; and what doubling does to connections, by the size of the picture."""
        from zoo.experiments.questions.count.charts import draw_doubling, draw_layers
        from zoo.experiments.questions.count.proved import Proved
        from zoo.experiments.questions.count.written import SMALL

        small = Proved(measured[SMALL])
        return {"layers": draw_layers(small), "doubling": draw_doubling(small)}

# flips.py
"""An experiment in one file: does convolution commute with mirroring?"""

from zoo.api import Claim, Experiment, Findings, Measurement, graded, hookimpl


def largest_difference(context, mirrored_kernel, seed):
    """How far the two orders of convolving and mirroring differ."""
    import torch
    from torch.nn.functional import conv2d

    torch.manual_seed(seed)
    x_NCHW, weight_OCIJ = torch.rand(1, 3, 16, 16), torch.rand(4, 3, 3, 3)
    y_NOPQ = conv2d(x_NCHW, weight_OCIJ)
    other = conv2d(
        x_NCHW.flip(3), weight_OCIJ.flip(3) if mirrored_kernel else weight_OCIJ
    )
    return {"difference": float((other.flip(3) - y_NOPQ).abs().max())}


class Flips(Experiment):
    """Two measurements per seed, and one claim."""

    name = "flips"
    summary = "Does a convolution commute with mirroring the picture?"
    claims = (
        Claim(
            "commutes",
            "Convolving a mirrored picture mirrors the convolved picture.",
            "It holds if the largest difference is below 1e-4 for every seed; "
            "in part if that is so only once the kernel is mirrored too.",
        ),
    )
    method = (
        "Random pictures and kernels, no padding. "
        "Varied: whether the kernel is mirrored as well."
    )
    uses_data = False

    def parts(self, conditions):
        """A measurement for every kind of kernel and every seed."""
        kinds = {"same": False, "mirrored": True}
        return {
            f"{kind} kernel, seed {seed}": Measurement(
                largest_difference, {"mirrored_kernel": mirrored, "seed": seed}
            )
            for kind, mirrored in kinds.items()
            for seed in conditions.seeds
        }

    def conclude(self, measured, conditions):
        """The worst seed decides."""
        from zoo.api import Table

        worst = {
            kind: max(
                measured[f"{kind} kernel, seed {seed}"]["difference"]
                for seed in conditions.seeds
            )
            for kind in ("same", "mirrored")
        }
        because = (
            f"the largest difference is {worst['same']:.2g}, "
            f"and {worst['mirrored']:.2g} with a mirrored kernel."
        )
        table = Table(
            ["kernel", "largest difference"],
            [[kind, f"{value:.2g}"] for kind, value in worst.items()],
        )
        verdict = graded(
            because,
            holds=worst["same"] < 1e-4,
            in_part=worst["mirrored"] < 1e-4,
        )
        return Findings({"commutes": verdict}, [table])

    def draw(self, measured, conditions):
        """A bar for each measurement."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7, 2.6))
        axes = figure.add_subplot()
        axes.barh(
            list(measured), [left["difference"] for left in measured.values()]
        )
        axes.set_xlabel("largest difference")
        return {"differences": figure}


@hookimpl
def zoo_experiments():
    """The experiments that this file brings."""
    return [Flips()]

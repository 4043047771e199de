"""Skip connections: what concatenation costs, and how to compare fairly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.quiz.derived import cost, formula_of, fresh, report_of, total_of
from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import ChoiceExercise, FormulaExercise, NumberExercise, Truth

if TYPE_CHECKING:
    from zoo.registry import Registry

PAIRS = {
    "a": (("baseline", None), ("unet", "concatenated")),
    "b": (("unet", "zeroed"), ("unet", "concatenated")),
    "c": (("unet", "added"), ("unet", "concatenated")),
    "d": (("baseline", None), ("unet", "zeroed")),
}
"""Networks by what `--set skips=` makes of them."""

LAYERS = {"layer 4": "layer4.0", "layer 5": "layer5.0", "layer 6": "layer6"}


def more_weights(registry: Registry) -> Truth:
    """What the U-Net has more than the baseline, by layer."""
    unet, baseline = report_of(registry, "unet"), report_of(registry, "baseline")
    more = {
        f"what {label} has more": formula_of(unet, layer, "weights") - formula_of(baseline, layer, "weights")
        for label, layer in LAYERS.items()
    }
    rest = total_of(unet, "weights", "biases") - total_of(baseline, "weights", "biases")
    for part in more.values():
        rest = rest - part
    return Truth(more if rest.is_zero else {**more, "what other layers have more": rest}, unet.point)


def more_connections(registry: Registry) -> Truth:
    """What the U-Net's last layer does more than the baseline's."""
    unet, baseline = report_of(registry, "unet"), report_of(registry, "baseline")
    more = formula_of(unet, "layer6", "connections") - formula_of(baseline, "layer6", "connections")
    return Truth({"products": more}, unet.point)


def added(registry: Registry) -> float:
    """Weights of the U-Net that adds its skip connections, less the baseline's."""
    return _weights(registry, "unet", "added") - _weights(registry, "baseline", None)


def fair(registry: Registry) -> tuple[str, str]:
    """The pair with equal numbers of weights, of which one alone hands detail on."""
    told, right = [], ""
    for letter, pair in PAIRS.items():
        weights = [_weights(registry, *network) for network in pair]
        detail = [_hands_on(registry, *network) for network in pair]
        if weights[0] == weights[1] and detail == [False, True]:
            right = letter
        told.append(f"{letter} {weights[0]:,} and {weights[1]:,}, {_words(detail)}")
    return right, f"Weights, and which hand detail on: {'; '.join(told)}."


def _words(detail: list[bool]) -> str:
    return {(False, False): "neither", (True, True): "both", (False, True): "the second", (True, False): "the first"}[
        detail[0], detail[1]
    ]


def _weights(registry: Registry, name: str, skips: str | None) -> int:
    return sum(weight.numel() for weight in fresh(registry, name, skips=skips).parameters())


def _hands_on(registry: Registry, name: str, skips: str | None) -> bool:
    """Whether detail that pooling takes away reaches the output all the same.

    A bright pixel is moved within the window of the first pooling. Where the first convolution only copies, what
    comes out of that pooling stays the same, so the output changes only by a skip connection.
    """
    import torch
    from torch import nn

    network = fresh(registry, name, skips=skips).eval()
    first = next(layer for layer in network.modules() if isinstance(layer, nn.Conv2d))
    x_NCHW = torch.zeros(1, 1, 16, 16)
    x_NCHW[..., 8, 8] = 1.0
    moved_NCHW = x_NCHW.roll(1, dims=3)  # within the same 2x2 window
    with torch.inference_mode():
        first.weight.zero_()
        first.weight[:, :, 1, 1] = 1.0
        return not torch.equal(network(x_NCHW), network(moved_NCHW))


TOPIC = Topic(
    "skips",
    "what concatenation costs, and fair comparisons",
    (
        FormulaExercise(
            name="layer4",
            title="weights of a convolution behind a skip connection",
            question=(
                "In the U-Net, layer 4 sees what layer 3 put out (2NF channels) and, concatenated, what layer 2 put "
                "out (2NF channels); NF come out. How many weights does its k x k convolution have, without biases?"
            ),
            hint="Concatenation adds channels up. How many go in?",
            solution="k^2*4*NF*NF",
            because="4NF channels go in, twice as many as in the baseline.",
            symbols=("k", "NF"),
            derive=cost("unet", {"weights": ("layer4.0", "weights")}),
            slips={
                "2*k^2*NF^2": "That is the baseline's: the skip connection's 2NF channels go in as well.",
                "3*k^2*NF^2": "Layer 2 puts out 2NF channels, not NF.",
                "8*k^2*NF^2": "NF channels come out, not 2NF.",
            },
        ),
        FormulaExercise(
            name="more",
            title="what the U-Net has more",
            question=(
                "How many weights does the U-Net have more than the baseline? Layers 4, 5 and 6 also see the maps of "
                "layer 2 (2NF channels), of layer 1 (NF channels), and the picture (NIC channels); they put out NF, NC "
                "and NC channels."
            ),
            hint="For each of the three layers: k^2 times the channels added times the channels that come out.",
            solution="2*k^2*NF^2 + k^2*NF*NC + k^2*NIC*NC",
            because="Only inputs of three convolutions grew. Biases and BatchNorm belong to outputs, which did not.",
            symbols=("k", "NIC", "NF", "NC"),
            derive=more_weights,
            slips={
                "2*k^2*NF^2 + k^2*NF*NC + k^2*NIC*NC + NF + 2*NC": (
                    "A bias belongs to an output channel, and no output channel was added."
                ),
            },
        ),
        FormulaExercise(
            name="layer6",
            title="what the last skip connection costs",
            question=(
                "The U-Net's last convolution also sees the picture itself. How many connections does this add to it, "
                "for a picture of H x W? Count those to padding; leave the biases out."
            ),
            hint="How many channels go in more, and at how many places is the kernel used?",
            solution="k^2*NIC*NC*H*W",
            because="NIC channels more for each of NC outputs, at every one of H W places.",
            symbols=("k", "NIC", "NC", "H", "W"),
            derive=more_connections,
            slips={
                "k^2*NIC*NC": "Those are the weights; each is used at every place.",
                "k^2*(NC + NIC)*NC*H*W": "Those are all connections of the layer; asked is what the picture adds.",
            },
        ),
        NumberExercise(
            name="added",
            title="skip connections without weights",
            question="With `--set skips=added`, maps are added instead of concatenated. How many weights more than the "
            "baseline has the U-Net then?",
            hint="Does adding two maps change how many channels there are?",
            solution="0",
            because="Sums have as many channels as their summands: the detail comes without any weights.",
            measure=added,
            how="Counted",
            unit="weights",
            slips={"25560": "That is what concatenation costs."},
        ),
        ChoiceExercise(
            name="fair",
            title="a fair comparison",
            question=(
                "You want to know what the detail that skip connections hand on is worth, all else being equal, the "
                "number of weights too. What do you compare? (zeroed: concatenated, but the maps hold only zeros.)"
            ),
            hint="Two things come with a concatenated skip connection. Which pair differs in one only?",
            solution="b",
            because="Both have the same weights, and only one has detail to use them on.",
            options={
                "a": "baseline and U-Net with concatenated skip connections",
                "b": "U-Net with zeroed and with concatenated skip connections",
                "c": "U-Net with added and with concatenated skip connections",
                "d": "baseline and U-Net with zeroed skip connections",
            },
            decide=fair,
            slips={
                "a": "They differ in two things: the U-Net also has more weights.",
                "c": "Both hand detail on; what differs is how, and the number of weights.",
                "d": "Neither hands detail on; that pair shows what the weights alone are worth.",
            },
        ),
    ),
)

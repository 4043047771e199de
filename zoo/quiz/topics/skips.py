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
    """The U-Net's extra weights, by layer."""
    unet, baseline = report_of(registry, "unet"), report_of(registry, "baseline")
    more = {
        f"the extra weights of {label}": formula_of(unet, layer, "weights") - formula_of(baseline, layer, "weights")
        for label, layer in LAYERS.items()
    }
    rest = total_of(unet, "weights", "biases") - total_of(baseline, "weights", "biases")
    for part in more.values():
        rest = rest - part
    return Truth(more if rest.is_zero else {**more, "the extra weights of other layers": rest}, unet.point)


def more_connections(registry: Registry) -> Truth:
    """The extra connections of the U-Net's last layer."""
    unet, baseline = report_of(registry, "unet"), report_of(registry, "baseline")
    more = formula_of(unet, "layer6", "connections") - formula_of(baseline, "layer6", "connections")
    return Truth({"products": more}, unet.point)


def added(registry: Registry) -> float:
    """Weights of the U-Net that adds its skip connections, less the baseline's."""
    return _weights(registry, "unet", "added") - _weights(registry, "baseline", None)


def fair(registry: Registry) -> tuple[str, str]:
    """The pair with equal numbers of weights, of which one alone hands detail on."""
    pairs, right = [], ""
    for letter, pair in PAIRS.items():
        weights = [_weights(registry, *network) for network in pair]
        detail = [_hands_on(registry, *network) for network in pair]
        if weights[0] == weights[1] and detail == [False, True]:
            right = letter
        pairs.append(f"{letter} {weights[0]:,} and {weights[1]:,}, {_words(detail)}")
    return right, f"Weights, and which gets the detail: {'; '.join(pairs)}."


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
            title="weights of a convolution after a skip connection",
            question=(
                "In the U-Net, the input of layer 4 is the output of layer 3 (2NF channels), concatenated with that of "
                "layer 2 (2NF channels); it puts out NF channels. How many weights does its k x k convolution have, "
                "without biases?"
            ),
            hint="Concatenation adds the numbers of channels. How many input channels are there?",
            solution="k^2*4*NF*NF",
            because="It has 4NF input channels, twice as many as in the baseline.",
            symbols=("k", "NF"),
            derive=cost("unet", {"weights": ("layer4.0", "weights")}),
            slips={
                "2*k^2*NF^2": "That is the baseline's layer 4: here, the 2NF channels of the skip connection are "
                "added.",
                "3*k^2*NF^2": "Layer 2 puts out 2NF channels, not NF.",
                "8*k^2*NF^2": "It puts out NF channels, not 2NF.",
            },
        ),
        FormulaExercise(
            name="more",
            title="the U-Net's extra weights",
            question=(
                "How many more weights does the U-Net have than the baseline? Layers 4, 5 and 6 also get the maps of "
                "layer 2 (2NF channels), of layer 1 (NF channels), and the picture (NIC channels); they put out NF, NC "
                "and NC channels."
            ),
            hint="For each of the three layers: k^2 times the extra input channels times the output channels.",
            solution="2*k^2*NF^2 + k^2*NF*NC + k^2*NIC*NC",
            because="Only three convolutions have more input channels. Biases and BatchNorm belong to output channels.",
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
                "The U-Net's last convolution also gets the picture itself. How many connections does this add, for a "
                "picture of H x W? Count those to padding; leave the biases out."
            ),
            hint="How many extra input channels are there, and at how many positions is the kernel used?",
            solution="k^2*NIC*NC*H*W",
            because="NIC extra input channels for each of NC output channels, at each of H W positions.",
            symbols=("k", "NIC", "NC", "H", "W"),
            derive=more_connections,
            slips={
                "k^2*NIC*NC": "Those are the weights; each is used at every position.",
                "k^2*(NC + NIC)*NC*H*W": "Those are all connections of the layer; the question is what the picture "
                "adds.",
            },
        ),
        NumberExercise(
            name="added",
            title="skip connections without weights",
            question="With --set skips=added, maps are added instead of concatenated. How many more weights than "
            "the baseline does the U-Net have then?",
            hint="Does adding two maps change how many channels there are?",
            solution="0",
            because="A sum has as many channels as its summands: the detail comes without extra weights.",
            measure=added,
            how="Counted",
            unit="weights",
            slips={"25560": "That is what concatenation costs."},
        ),
        ChoiceExercise(
            name="fair",
            title="a fair comparison",
            question=(
                "You want to know what the detail from skip connections is worth, with all else equal, including the "
                "number of weights. What do you compare? (zeroed: concatenated, but with zeros for the skipped maps.)"
            ),
            hint="Two things come with a concatenated skip connection. Which pair differs in one only?",
            solution="b",
            because="Both have equally many weights, and only one gets the detail.",
            options={
                "a": "baseline and U-Net with concatenated skip connections",
                "b": "U-Net with zeroed and with concatenated skip connections",
                "c": "U-Net with added and with concatenated skip connections",
                "d": "baseline and U-Net with zeroed skip connections",
            },
            decide=fair,
            slips={
                "a": "They differ in two things: the U-Net also has more weights.",
                "c": "Both get the detail; they differ in how, and in the number of weights.",
                "d": "Neither gets the detail; that pair shows what the weights alone are worth.",
            },
        ),
    ),
)

"""Fine-tuning: what is trained, what still changes, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.quiz.exercise import Topic
from zoo.quiz.kinds import ChoiceExercise, NumberExercise

if TYPE_CHECKING:
    from zoo.complexity.deriving.subject import Subject
    from zoo.registry import Registry

DEPTH, CHANNELS = 32, 4
ITEMS = {"a": "weights", "b": "gradients", "c": "optimizer", "d": "saved"}


def head(registry: Registry) -> float:
    """Weights and biases of a 1x1 convolution from 256 channels to two classes."""
    from torch import nn

    return sum(weight.numel() for weight in nn.Conv2d(256, 2, 1).parameters())


def drifting(registry: Registry) -> tuple[str, str]:
    """What of a frozen backbone in training mode has changed after a training step."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    backbone = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU()).requires_grad_(False)
    model = nn.Sequential(backbone, nn.Conv2d(4, 2, 1)).train()
    before = {name: tensor.clone() for name, tensor in backbone.state_dict().items()}
    torch.autograd.backward(model(torch.rand(4, 1, 8, 8)).square().mean())
    with torch.no_grad():
        for weight in model.parameters():  # gradient descent by hand: importing an optimizer takes seconds
            if weight.grad is not None:
                weight.sub_(0.1 * weight.grad)
    names = [name for name, tensor in backbone.state_dict().items() if not torch.equal(tensor, before[name])]
    weights = {name for name, _ in backbone.named_parameters()}
    letter = "a" if not names else "b" if weights & set(names) else "c"
    return letter, f"After one step these had changed: {', '.join(names) or 'none'}."


def adam_bytes(registry: Registry) -> float:
    """Bytes of Adam's averages for 1,000 weights, by the ledger of `zoo complexity --finetune`.

    A real step says the same, but importing an optimizer takes longer than a reader likes to wait.
    """
    from torch import nn

    from zoo.complexity.training_cost.ledger import standing_bytes

    layer = nn.Linear(100, 10, bias=False)
    trained = list(layer.parameters())
    step_counts = 4 * len(trained)
    return standing_bytes(layer, trained)["optimizer"] - step_counts


def _stack(size: int = 16) -> Subject:
    """Equal convolutions, one behind the other."""
    from torch import nn

    from zoo.complexity.deriving.subject import of_module

    layers = [nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1) for _ in range(DEPTH)]
    return of_module(nn.Sequential(*layers), CHANNELS, size, size)


def work_ratio(registry: Registry) -> float:
    """FLOPs of a training step of everything, over one of the last layer."""
    from zoo.complexity.training_cost.ledger import predict, scopes

    subject = _stack()
    whole, last = (predict(subject, subject.point, 2, scope).values for scope in scopes(subject))
    return (whole["forward"] + whole["backward"]) / (last["forward"] + last["backward"])


def growing(registry: Registry) -> tuple[str, str]:
    """What a training step needs more of, once height and width are doubled."""
    from zoo.complexity.training_cost.ledger import predict, scopes

    small, large = _stack(16), _stack(32)
    before, after = (predict(s, s.point, 2, scopes(s)[0]).values for s in (small, large))
    ratios = {letter: after[item] / before[item] for letter, item in ITEMS.items()}
    grown = "".join(letter for letter, ratio in ratios.items() if ratio > 1.01)
    return grown, "Times the bytes: " + ", ".join(f"{letter} {ratio:.3g}" for letter, ratio in ratios.items()) + "."


TOPIC = Topic(
    "finetuning",
    "what is trained, what still changes, what it costs",
    (
        NumberExercise(
            name="head",
            title="weights of a new head",
            question=(
                "The last layer of a segmentation network is replaced by a 1x1 convolution from 256 channels to 2 "
                "classes, and only this layer is trained. How many weights and biases is that?"
            ),
            hint="A 1x1 window in each of 256 channels, for each of two outputs, and a bias for each of these.",
            solution="514",
            because="256 * 2 + 2.",
            measure=head,
            how="Counted",
            unit="weights",
            slips={
                "512": "The biases are missing.",
                "4610": "That would be a 3x3 convolution.",
                "258": "Each class has its own 256 weights.",
                "768": "There is one bias per output channel, not one per input channel.",
            },
        ),
        ChoiceExercise(
            name="frozen",
            title="what a frozen backbone still changes",
            question=(
                "No weight of a backbone gets gradients, but the backbone is in training mode while the head is "
                "trained. What in the backbone changes?"
            ),
            hint="What does BatchNorm do in training mode that has nothing to do with gradients?",
            solution="c",
            because="Training mode, not gradients, updates running statistics. Put frozen parts into evaluation mode.",
            options={"a": "nothing", "b": "its weights", "c": "BatchNorm's running mean and variance"},
            decide=drifting,
            slips={
                "a": "Freezing weights stops gradients; BatchNorm's statistics do not come from gradients.",
                "b": "Without gradients, the optimizer does not change them.",
            },
        ),
        NumberExercise(
            name="adam",
            title="memory of Adam",
            question=(
                "Adam trains 1,000 weights in single precision. How many bytes do its averages take, not counting "
                "weights and gradients?"
            ),
            hint="An average of the gradient, and one of its square.",
            solution="8000",
            because="Two averages of four bytes each for every trained weight, and none for frozen ones.",
            measure=adam_bytes,
            how="Counted",
            unit="bytes",
            slips={
                "4000": "There are two averages: of the gradient and of its square.",
                "2000": "A number in single precision takes four bytes.",
                "12000": "Gradients are not part of Adam's averages.",
                "16000": "Weights and gradients are not part of Adam's averages.",
            },
        ),
        NumberExercise(
            name="work",
            title="computation of training everything",
            question=(
                f"A network is a stack of {DEPTH} equal convolutions. How many times as many FLOPs does a training "
                f"step of all of them take as one of only the last, forward and backward pass together?"
            ),
            hint=(
                "The backward pass of a layer has two computations as large as its forward pass: one for its weights, "
                "one for its input. Which of them does each layer need?"
            ),
            solution="2.88",
            because=(
                f"All: {DEPTH} forward, {DEPTH} for weights, {DEPTH - 1} for inputs (the first needs none). Only the "
                f"last: {DEPTH} forward and 1 for weights. The ratio tends to 3 with depth."
            ),
            measure=work_ratio,
            how="Counted",
            unit="times",
            tolerance=0.03,
            slips={
                "1": "The forward pass is the same, but only trained layers, and layers after them, need a backward "
                "pass.",
                "2": "A backward pass costs about two forward passes, not one: gradients of weights and of inputs.",
                "3": "That is the limit for deep stacks; here the first and last layers make a difference.",
                "32": "The forward pass runs through all layers in both cases.",
            },
        ),
        ChoiceExercise(
            name="double",
            title="what grows with the picture",
            question=(
                "Height and width of the pictures are doubled. Which of these takes more memory in a training step?"
            ),
            hint="Which of them has one number for every pixel?",
            solution="d",
            because="Activations have a value for every position; the others have one or two for every weight.",
            options={
                "a": "weights",
                "b": "gradients of the weights",
                "c": "the optimizer's state",
                "d": "activations that are kept",
            },
            decide=growing,
            slips={
                "a": "A convolution's weights are the same at every position.",
                "b": "There is one gradient per weight, summed over all positions.",
                "c": "It has two numbers per weight, however large the picture is.",
            },
        ),
    ),
)

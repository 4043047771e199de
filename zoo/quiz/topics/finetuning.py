"""Fine-tuning: what is trained, what still moves, and what it costs."""

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
    "what is trained, what still moves, what it costs",
    (
        NumberExercise(
            name="head",
            title="weights of a new head",
            question=(
                "The last layer of a segmentation network is replaced by a 1x1 convolution from 256 channels to 2 "
                "classes. How many weights and biases are trained, if nothing else is?"
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
                "258": "Each class has 256 weights of its own.",
                "768": "There is one bias an output, not one an input.",
            },
        ),
        ChoiceExercise(
            name="frozen",
            title="what a frozen backbone still changes",
            question=(
                "No weight of a backbone requires gradients, but it is in training mode while the head is trained. "
                "What of the backbone changes?"
            ),
            hint="What does BatchNorm do in training mode that has nothing to do with gradients?",
            solution="c",
            because="Training mode, not gradients, moves running statistics. Put frozen parts into evaluation mode.",
            options={"a": "nothing", "b": "its weights", "c": "BatchNorm's running mean and variance"},
            decide=drifting,
            slips={
                "a": "Freezing weights stops gradients; BatchNorm's statistics do not come from gradients.",
                "b": "Without gradients the optimizer has nothing to change them by.",
            },
        ),
        NumberExercise(
            name="adam",
            title="what Adam keeps",
            question=(
                "1,000 weights in single precision are trained by Adam. How many bytes of averages does it keep beside "
                "weights and gradients?"
            ),
            hint="An average of the gradient, and one of its square.",
            solution="8000",
            because="Two averages of four bytes for every weight that is trained, and none for frozen ones.",
            measure=adam_bytes,
            how="Counted",
            unit="bytes",
            slips={
                "4000": "There are two averages: of the gradient and of its square.",
                "2000": "A number in single precision takes four bytes.",
                "12000": "The gradients are not Adam's.",
                "16000": "Weights and gradients are not Adam's.",
            },
        ),
        NumberExercise(
            name="work",
            title="work of training everything",
            question=(
                f"{DEPTH} equal convolutions stand one behind the other. How many times the FLOPs of training only the "
                "last of them does a training step of all take, forward and backward together?"
            ),
            hint=(
                "A layer's backward is two products of the forward's size: one for its weights, one for its input. "
                "Which of them does each layer need?"
            ),
            solution="2.88",
            because=(
                f"All: {DEPTH} forward, {DEPTH} for weights, {DEPTH - 1} for inputs (the first needs none). The last "
                f"only: {DEPTH} and 1. The ratio tends to 3 with depth."
            ),
            measure=work_ratio,
            how="Counted",
            unit="times",
            tolerance=0.03,
            slips={
                "1": "The forward is the same, but only what is trained, and what lies behind it, needs a backward.",
                "2": "A backward costs about two forwards, not one: gradients of weights and of inputs.",
                "3": "That is the limit for deep stacks; here the first and last layers make a difference.",
                "32": "The forward runs through all layers in both cases.",
            },
        ),
        ChoiceExercise(
            name="double",
            title="what grows with the picture",
            question="Height and width of the pictures are doubled. For what does a training step need more memory?",
            hint="Which of them has one number for every pixel?",
            solution="d",
            because="Activations have a value for every place; the others have one for every weight.",
            options={
                "a": "weights",
                "b": "gradients of the weights",
                "c": "the optimizer's state",
                "d": "activations kept",
            },
            decide=growing,
            slips={
                "a": "A convolution's weights are the same at every place.",
                "b": "There is one gradient a weight, summed over all places.",
                "c": "It has so many numbers for every weight, however large the picture.",
            },
        ),
    ),
)

"""Hold the ledger's saved bytes against a step on the CPU that is followed by hooks of this script's own.

Run it by ``python tests/campaign/ledger_bytes.py``; it takes some minutes, and ends with 1 if a byte differs. Models
are trained from the first, the middle and the last layer on, in float32 and under bfloat16 autocast.
"""

from __future__ import annotations

import itertools
import sys
import warnings

import torch

from zoo.complexity.deriving.libraries import of_library
from zoo.complexity.deriving.subject import Subject, random_input
from zoo.complexity.training_cost.ledger import Scope, Setup, loss_of, predict, prepare, scopes
from zoo.freezing import weighted_layers

MODELS = {
    "torchvision:alexnet": 224,
    "torchvision:vgg11_bn": 64,
    "torchvision:resnet18": 64,
    "torchvision:resnet50": 64,
    "torchvision:densenet121": 64,
    "torchvision:googlenet": 64,
    "torchvision:squeezenet1_1": 64,
    "torchvision:mobilenet_v2": 64,
    "torchvision:mobilenet_v3_small": 64,
    "torchvision:shufflenet_v2_x1_0": 64,
    "torchvision:efficientnet_b0": 64,
    "torchvision:mnasnet1_0": 64,
    "torchvision:regnet_y_400mf": 64,
    "torchvision:convnext_tiny": 64,
    "torchvision:swin_t": 64,
    "torchvision:vit_b_16": 224,
    "timm:vit_tiny_patch16_224": 224,
    "timm:tf_efficientnet_lite0": 64,
    "timm:mixer_s32_224": 224,
    "timm:poolformer_s12": 64,
    "timm:resnext50_32x4d": 64,
}
"""Models, and the height and width of their pictures."""

BATCH = 2


def saved_on_the_cpu(subject: Subject, scope: Scope, precision: str) -> int:
    """Bytes that autograd keeps in a real step, by the addresses of what it is given."""
    module = subject.real_module(subject.point)
    prepare(module, scope)
    names = {tensor.data_ptr() for tensor in (*module.parameters(), *module.buffers())}
    kept: list[torch.Tensor] = []

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        memory = tensor.untyped_storage()
        if memory.data_ptr() not in names:
            names.add(memory.data_ptr())
            kept.append(tensor)
        return tensor

    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            output = module(random_input(subject, subject.point, BATCH))
        loss_of(output)
    return sum(tensor.untyped_storage().nbytes() for tensor in kept)


def main() -> int:
    """Compare all of them, and print what differs."""
    warnings.simplefilter("ignore")
    equal = compared = 0
    for name, size in MODELS.items():
        subject = of_library(name, size, size)
        layers = weighted_layers(subject.module(subject.point))
        for scope, precision in itertools.product(scopes(subject, [layers[len(layers) // 2]]), ("fp32", "bf16")):
            predicted = predict(subject, subject.point, BATCH, scope, Setup(precision=precision)).values["saved"]
            measured = saved_on_the_cpu(subject, scope, precision)
            compared += 1
            equal += predicted == measured
            if predicted != measured:
                sys.stdout.write(f"{name}, {scope.name}, {precision}: {predicted:,} predicted, {measured:,} measured\n")
    sys.stdout.write(f"{equal} of {compared} equal to the byte\n")
    return int(equal < compared)


if __name__ == "__main__":
    sys.exit(main())

"""A trained network as ONNX: the picture's levels in, logits out, at any height and width."""

from __future__ import annotations

import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch

from zoo.errors import UserError, describe
from zoo.exports.decision import decision
from zoo.exports.subject import Subject
from zoo.files import replacing
from zoo.network import Network

OPSET = 18

ODD = (61, 83)
"""Height and width at which the network is traced: multiples of nothing, so that its padding is traced as well."""


def write_onnx(path: Path, subject: Subject) -> None:
    """Write a subject's network, its preprocessing included, with the task, the classes' colors and the data named.

    Raises:
        UserError: if the packages of the extra ``onnx`` are missing, or torch cannot convert the network.
    """
    model = convert(subject.network, subject.channels, subject.name)
    for key, value in _metadata(subject).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    with replacing(path) as temporary:
        temporary.write_bytes(model.SerializeToString())


def convert(network: Network, channels: int, name: str) -> Any:
    """A network as an ``onnx.ModelProto``.

    The input ``picture`` holds what the network may see, uint8 (1, C, height, width), and the output ``logits`` is
    float (1, K, height, width).

    Args:
        network: in evaluation mode.
        channels: C.
        name: what errors call the network.

    Raises:
        UserError: if the packages of the extra ``onnx`` are missing, or torch cannot convert the network.
    """
    try:
        import onnx
    except ImportError:
        raise UserError("--onnx needs the package onnx: pip install 'convnet-zoo[onnx]'.") from None
    picture = torch.zeros(1, channels, *ODD, dtype=torch.uint8)
    try:
        with tempfile.TemporaryDirectory() as folder, torch.no_grad(), warnings.catch_warnings():
            file = Path(folder, "network.onnx")
            warnings.simplefilter("ignore")  # the tracer warns of every Python number, and of its own age
            torch.onnx.export(
                network,
                (picture,),
                file,
                dynamo=False,
                opset_version=OPSET,
                input_names=["picture"],
                output_names=["logits"],
                dynamic_axes={end: {2: "height", 3: "width"} for end in ("picture", "logits")},
            )
            return onnx.load(file)
    except Exception as error:  # whatever a stranger's model raises
        raise UserError(f"torch cannot convert {name} to ONNX: {describe(error)[:300]}") from error


def _metadata(subject: Subject) -> dict[str, str]:
    """What a reader of the file should know, as strings."""
    record: dict[str, Any] = subject.run.record
    return {
        "architecture": subject.plan.architecture.address,
        "task": json.dumps(decision(subject.task, subject.channels, subject.plan.size)),
        "input": "levels 0 to 255 of what the network may see; scaling and padding are inside",
        "data": subject.plan.data,
        "versions": json.dumps(record["versions"]),
    }

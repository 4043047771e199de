"""Everything that a page knows of its network, as JSON."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from zoo.api import Catalog
from zoo.errors import UserError
from zoo.exports.costs import costs
from zoo.exports.decision import decision
from zoo.exports.graph import Graph, trace
from zoo.exports.subject import Subject, load_reference, samples
from zoo.exports.weights import pack


def contents(subject: Subject, registry: Catalog) -> tuple[dict[str, Any], list[str]]:
    """The page's data, and notes on what it had to leave out.

    Raises:
        UserError: if the network cannot be traced or uses an operation that the page cannot compute.
    """
    notes = []
    graph = trace(subject.network, subject.channels, subject.plan.architecture.address)
    try:
        reference = load_reference(subject, registry)
    except UserError as error:
        reference = None
        notes.append(f"the page shows no {subject.plan.task.value.reference} beside the network: {error}")
    data = {
        "title": f"{subject.plan.architecture.name}: {subject.plan.task.name}",
        "lead": _lead(subject),
        "task": decision(subject.task, subject.channels, subject.plan.size),
        "network": _network(graph),
        "costs": _costs(subject, graph),
        "samples": [_png(picture) for picture in samples(subject.run)],
        "reference": None,
    }
    if reference is not None:
        name = subject.plan.task.value.reference
        data["reference"] = {"name": name, **_network(trace(reference, subject.channels, name))}
    return data, notes


def _network(graph: Graph) -> dict[str, Any]:
    return {"graph": graph.to_json(), "weights": pack(graph.weights)}


def _lead(subject: Subject) -> str:
    record, result = subject.run.record, subject.run.result
    figures = [
        f"{metric.label} {metric.format(result[metric.name])}"
        for metric in subject.plan.task.value.metrics
        if metric.name in result
    ]
    trained = f"{subject.plan.data}, {record['parameters']:,} parameters"
    return f"Trained on {trained}. On its validation pictures: {', '.join(figures)}."


def _costs(subject: Subject, graph: Graph) -> dict[str, Any]:
    size = subject.plan.size
    blank = torch.zeros(1, subject.channels, size, size, dtype=torch.uint8)
    channels, height, width = subject.network.preprocess.encode(blank).shape[1:]
    return costs(
        subject.plan.architecture.value,
        subject.plan.config,
        in_channels=int(channels),
        num_classes=subject.task.num_classes,
        size=(int(height), int(width)),
        layers=len(graph.operations),
    )


def _png(picture_HW3: NDArray[np.uint8]) -> str:
    """A picture as a data URL."""
    file = io.BytesIO()
    Image.fromarray(picture_HW3).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")

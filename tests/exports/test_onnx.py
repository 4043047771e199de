"""The exported ONNX file computes what torch does, at any size, and says what it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import zoo
from zoo.exports.onnx import convert
from zoo.registry import load_registry

from .bench import make

onnxruntime = pytest.importorskip("onnxruntime", reason="needs the extra onnx")

SIZES = ((16, 16), (32, 48), (17, 23), (40, 9), (61, 64))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("unet", {"num_filters": 8}),
        ("baseline", {"num_filters": 8}),
        ("lookup", {}),
        ("prior", {}),
        ("chroma", {"width": 4}),
        ("rescaled", {"of": "unet", "padding": "shifted", "shift": 0.3}),
        ("finetune", {"weights": "random"}),
    ],
)
def test_logits_equal_torch_at_five_sizes(name: str, settings: dict[str, object]) -> None:
    network, channels = make(load_registry(), name, settings)
    session = onnxruntime.InferenceSession(convert(network, channels, name).SerializeToString())
    for height, width in SIZES:
        picture = torch.randint(256, (1, channels, height, width), dtype=torch.uint8)
        (computed,) = session.run(["logits"], {"picture": picture.numpy()})
        with torch.no_grad():
            assert np.abs(computed - network(picture).numpy()).max() <= 1e-4


def test_the_file_says_what_it_is(tiny_data: Path, tmp_path: Path) -> None:
    run = zoo.train("lookup", data=f"folder:{tiny_data}", size=16, out=tmp_path / "run")
    session = onnxruntime.InferenceSession(str(zoo.export(run, format="onnx")))
    metadata = session.get_modelmeta().custom_metadata_map
    assert metadata["architecture"].endswith("/lookup")
    assert len(json.loads(metadata["task"])["colors"]) == 24

"""The exported ONNX file computes what torch does, at any size, and says what it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import zoo
from zoo.exports.subject import load_subject
from zoo.registry import load_registry

onnxruntime = pytest.importorskip("onnxruntime", reason="needs the extra onnx")

SIZES = ((16, 16), (32, 48), (17, 23), (40, 9), (61, 64))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("unet", {}),
        ("baseline", {}),
        ("lookup", {}),
        ("chroma", {"width": 4}),
        ("rescaled", {"of": "unet", "padding": "shifted"}),
    ],
)
def test_logits_equal_torch_at_five_sizes(tiny_data: Path, tmp_path: Path, name: str, settings: dict[str, str]) -> None:
    changes = dict(settings)
    if name != "lookup":
        changes["recipe.max_steps"] = 2
    run = zoo.train(name, settings=changes, data=f"folder:{tiny_data}", size=16, out=tmp_path / "run")
    session = onnxruntime.InferenceSession(str(zoo.export(run, format="onnx")))
    network = load_subject(run, load_registry()).network
    for height, width in SIZES:
        picture = torch.randint(256, (1, 1, height, width), dtype=torch.uint8)
        (found,) = session.run(["logits"], {"picture": picture.numpy()})
        with torch.no_grad():
            assert np.abs(found - network(picture).numpy()).max() <= 1e-4
    metadata = session.get_modelmeta().custom_metadata_map
    assert metadata["architecture"].endswith(f"/{name}")
    assert len(json.loads(metadata["task"])["colors"]) == 24

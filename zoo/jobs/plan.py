"""What a run is to do, checked before anything heavy is imported: a mistake is told at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zoo.api import Architecture, Config, Dataset, Task
from zoo.config import Value, replace
from zoo.errors import UserError, unknown
from zoo.registry import Entry, Registry
from zoo.training.recipe import Recipe, resolve_recipe

DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True)
class Plan:
    """Everything that fixes a run.

    Attributes:
        architecture: what is trained, and where it comes from.
        config: the architecture's settings.
        task: what is predicted.
        task_config: the task's settings.
        dataset: where the pictures come from.
        data: the data set as the user named it, ``NAME`` or ``NAME:ARGUMENT``.
        size: height and width of the pictures, in pixels.
        classes: classes to keep; empty for the data set's own choice.
        recipe_name: which recipe the user named.
        recipe: that recipe with all changes made.
        seed: fixes weights, palette, order and whatever else is drawn.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """

    architecture: Entry[Architecture[Any]]
    config: Config
    task: Entry[Task[Any]]
    task_config: Config
    dataset: Entry[Dataset]
    data: str
    size: int
    classes: tuple[str, ...]
    recipe_name: str
    recipe: Recipe
    seed: int
    device: str

    @property
    def data_argument(self) -> str:
        """What stands behind the colon of ``--data NAME:ARGUMENT``."""
        return self.data.partition(":")[2]

    def to_record(self) -> dict[str, Any]:
        """The plan as ``run.json`` keeps it; `from_record` is the inverse."""
        return {
            "architecture": self.architecture.address,
            "config": dataclasses.asdict(self.config),
            "task": self.task.address,
            "task_config": dataclasses.asdict(self.task_config),
            "dataset": self.dataset.address,
            "data": self.data,
            "size": self.size,
            "classes": list(self.classes),
            "recipe_name": self.recipe_name,
            "recipe": dataclasses.asdict(self.recipe),
            "seed": self.seed,
            "device": self.device,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any], registry: Registry) -> Plan:
        """The plan of a run that was made before.

        Raises:
            UserError: if the record lacks something, or names something that no plugin brings any more.
        """
        try:
            architecture = registry.architecture(record["architecture"])
            task = registry.task(record["task"])
            return cls(
                architecture=architecture,
                config=replace(architecture.value.config(), record["config"]),
                task=task,
                task_config=replace(task.value.config(), record["task_config"]),
                dataset=registry.dataset(record["dataset"]),
                data=record["data"],
                size=record["size"],
                classes=tuple(record["classes"]),
                recipe_name=record["recipe_name"],
                recipe=replace(Recipe(), record["recipe"]),
                seed=record["seed"],
                device=record["device"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise UserError(f"the run's record lacks or garbles {error}; train the run anew.") from error


def make_plan(
    registry: Registry,
    architecture: str | Architecture[Any],
    *,
    settings: Mapping[str, Value],
    task: str,
    task_settings: Mapping[str, Value],
    data: str | None,
    size: int | None,
    classes: Sequence[str],
    recipe: str,
    recipe_changes: Mapping[str, Value],
    seed: int,
    device: str,
) -> Plan:
    """Resolve every name and check every value that can be checked without the data; see `Plan`.

    Data and size that are None are the task's own.

    Raises:
        UserError: naming the first thing that is wrong.
    """
    if isinstance(architecture, Architecture):
        found = Entry("python", architecture.name, architecture)
    else:
        found = registry.architecture(architecture)
    chosen = registry.task(task)
    if chosen.name not in found.value.tasks:
        can = ", ".join(found.value.tasks)
        raise UserError(f"{found.name} cannot do the task {chosen.name}; it does {can}.")
    data = chosen.value.default_data if data is None else data
    size = chosen.value.default_size if size is None else size
    name, colon, argument = data.partition(":")
    dataset = registry.dataset(name)
    if bool(argument) != bool(dataset.value.argument) or (colon and not argument):
        wanted = f"{name}:{dataset.value.argument}" if dataset.value.argument else name
        raise UserError(f"--data {data!r} should read {wanted}.")
    if chosen.value.needs_masks and dataset.value.has_masks is False:
        raise UserError(f"the task {chosen.name} needs masks, and the data set {name} has none.")
    if found.value.closed_form and recipe_changes.get("train", "all") != "all":
        raise UserError(f"{found.name} is fitted in closed form, all at once; leave --train out.")
    if device not in DEVICES:
        raise unknown("device", device, DEVICES)
    for option, value, low, high in (("--size", size, 4, 4096), ("--seed", seed, 0, 2**31 - 1)):
        if not low <= value <= high:
            raise UserError(f"{option} must be from {low} to {high}, not {value}.")
    return Plan(
        architecture=found,
        config=replace(found.value.config(), settings),
        task=chosen,
        task_config=replace(chosen.value.config(), task_settings),
        dataset=dataset,
        data=data,
        size=size,
        classes=tuple(classes),
        recipe_name=recipe,
        recipe=resolve_recipe(recipe, found.value, recipe_changes),
        seed=seed,
        device=device,
    )

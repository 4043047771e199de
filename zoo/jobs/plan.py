"""What a run will do, checked before anything heavy is imported, so that a mistake is reported at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zoo.api import Architecture, Catalog, Config, Dataset, Entry, Task
from zoo.api.data import check_size
from zoo.api.recipe import Recipe
from zoo.config import Value, values_of
from zoo.errors import UserError, unknown
from zoo.jobs.initial import weights_file
from zoo.settings import sort_settings

LARGEST_SEED = 2**31 - 1

DEVICES = ("auto", "cpu", "cuda", "mps")

_RECORDED: Mapping[str, type] = {
    "architecture": str,
    "config": dict,
    "task": str,
    "task_config": dict,
    "dataset": str,
    "data": str,
    "size": int,
    "classes": list,
    "recipe_name": str,
    "recipe": dict,
    "seed": int,
    "device": str,
    "init": str,
}
"""What `Plan.to_record` writes."""


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
        init: the run or file whose weights the training begins with; empty for the architecture's own.
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
    init: str

    @property
    def data_argument(self) -> str:
        """What stands behind the colon of ``--data NAME:ARGUMENT``."""
        return self.data.partition(":")[2]

    def to_record(self) -> dict[str, Any]:
        """The plan as ``run.json`` keeps it; `from_record` is the inverse."""
        return {
            "architecture": self.architecture.address,
            "config": values_of(self.config),
            "task": self.task.address,
            "task_config": values_of(self.task_config),
            "dataset": self.dataset.address,
            "data": self.data,
            "size": self.size,
            "classes": list(self.classes),
            "recipe_name": self.recipe_name,
            "recipe": values_of(self.recipe),
            "seed": self.seed,
            "device": self.device,
            "init": self.init,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any], registry: Catalog) -> Plan:
        """The plan of a run that was made before.

        Raises:
            UserError: if the record lacks something, or names something that no plugin brings any more.
        """
        for name, kind in _RECORDED.items():
            if not isinstance(record.get(name), kind) or isinstance(record[name], bool):
                raise UserError(f"the run's record has {record.get(name)!r:.40} for its {name}; train the run anew.")
        architecture, task = registry.architecture(record["architecture"]), registry.task(record["task"])
        _check_bounds(record["size"], record["seed"], record["device"])
        return cls(
            architecture=architecture,
            config=registry.configure(architecture.value.config(), record["config"]),
            task=task,
            task_config=registry.configure(task.value.config(), record["task_config"]),
            dataset=registry.dataset(record["dataset"]),
            data=record["data"],
            size=record["size"],
            classes=tuple(map(str, record["classes"])),
            recipe_name=record["recipe_name"],
            recipe=registry.configure(Recipe(), record["recipe"]),
            seed=record["seed"],
            device=record["device"],
            init=record["init"],
        )


def make_plan(
    registry: Catalog,
    architecture: str | Architecture[Any],
    *,
    settings: Mapping[str, Value],
    task: str,
    data: str | None,
    size: int | None,
    classes: Sequence[str],
    recipe: str,
    seed: int,
    device: str,
    init: str | None = None,
) -> Plan:
    """Resolve every name and check every value that can be checked without the data; see `Plan`.

    Data and size that are None are the task's own. Settings are addressed as in `zoo.settings`.

    Raises:
        UserError: naming the first thing that is wrong.
    """
    if isinstance(architecture, Architecture):
        entry = Entry("python", architecture.name, architecture)
    else:
        entry = registry.architecture(architecture)
    chosen = registry.task(task)
    if chosen.name not in entry.value.tasks:
        can = ", ".join(entry.value.tasks)
        raise UserError(f"{entry.name} cannot do the task {chosen.name}; it does {can}.")
    data = chosen.value.default_data if data is None else data
    size = chosen.value.default_size if size is None else size
    dataset = _dataset(registry, data, chosen)
    changes = sort_settings(settings, entry.value.config, chosen.value.config, Recipe)
    if entry.value.closed_form == "all" and changes.recipe.get("train", "all") != "all":
        raise UserError(f"{entry.name} is fitted in closed form, all at once; leave recipe.train out.")
    _check_bounds(size, seed, device)
    if init is not None:
        if entry.value.closed_form == "all":
            raise UserError(f"{entry.name} is fitted in closed form, from nothing; leave --init out.")
        weights_file(init, entry.value)
    return Plan(
        architecture=entry,
        config=registry.configure(entry.value.config(), changes.architecture),
        task=chosen,
        task_config=registry.configure(chosen.value.config(), changes.task),
        dataset=dataset,
        data=data,
        size=size,
        classes=tuple(classes),
        recipe_name=recipe,
        recipe=registry.recipe_for(entry.value, recipe, changes.recipe),
        seed=seed,
        device=device,
        init=init or "",
    )


def _dataset(registry: Catalog, data: str, task: Entry[Task[Any]]) -> Entry[Dataset]:
    """The data set that ``--data`` names.

    Raises:
        UserError: if there is none, its argument is missing or not wanted, or it lacks what the task needs.
    """
    name, colon, argument = data.partition(":")
    dataset = registry.dataset(name)
    if bool(argument) != bool(dataset.value.argument) or (colon and not argument):
        wanted = f"{name}:{dataset.value.argument}" if dataset.value.argument else name
        raise UserError(f"--data {data!r} should read {wanted}.")
    if task.value.needs_masks and dataset.value.has_masks is False:
        raise UserError(f"the task {task.name} needs masks, and the data set {name} has none.")
    return dataset


def _check_bounds(size: int, seed: int, device: str) -> None:
    if device not in DEVICES:
        raise unknown("device", device, DEVICES)
    check_size(size)
    if not 0 <= seed <= LARGEST_SEED:
        raise UserError(f"--seed must be from 0 to {LARGEST_SEED}, not {seed}.")

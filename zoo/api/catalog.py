"""What plugins brought, by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from zoo.api.architecture import Architecture
from zoo.api.convolution import Convolution
from zoo.api.data import Dataset
from zoo.api.recipe import NamedRecipe, Recipe
from zoo.api.task import Task
from zoo.config import ConfigT, Value, replace
from zoo.errors import UserError, unknown

T = TypeVar("T")

KINDS: Mapping[type, str] = {
    Architecture: "architecture",
    Task: "task",
    Dataset: "data set",
    NamedRecipe: "recipe",
    Convolution: "convolution",
}
"""What error messages call the things that runs are made of, by type."""


@dataclass(frozen=True)
class Entry(Generic[T]):
    """Something that a plugin brought: its address is ``plugin/name``."""

    plugin: str
    name: str
    value: T

    @property
    def address(self) -> str:
        """The name that is always unique."""
        return f"{self.plugin}/{self.name}"


class Catalog(ABC):
    """Looks up what plugins brought, by name or by address."""

    @abstractmethod
    def entries(self, kind: str) -> list[Entry[Any]]:
        """Everything of a kind, in order of its address."""

    def find(self, kind: str, name: str, then: str = "") -> Entry[Any]:
        """What has that name or address.

        Args:
            kind: what it is, such as ``architecture``.
            name: its name or its address.
            then: what to do next if there is none.

        Raises:
            UserError: if there is none, or if two plugins claim the name.
        """
        entries = self.entries(kind)
        matches = [entry for entry in entries if name in (entry.name, entry.address)]
        if not matches:
            raise unknown(kind, name, (entry.name for entry in entries), then=then)
        if len(matches) > 1:
            addresses = " and ".join(entry.address for entry in matches)
            raise UserError(f"{kind} {name!r} is claimed by {addresses}: use one of these in full.")
        return matches[0]

    def architectures(self) -> list[Entry[Architecture[Any]]]:
        """Every architecture, in order of its address."""
        return self.entries("architecture")

    def tasks(self) -> list[Entry[Task[Any]]]:
        """Every task, in order of its address."""
        return self.entries("task")

    def datasets(self) -> list[Entry[Dataset]]:
        """Every data set, in order of its address."""
        return self.entries("data set")

    def recipes(self) -> list[Entry[NamedRecipe]]:
        """Every recipe, in order of its address."""
        return self.entries("recipe")

    def convolutions(self) -> list[Entry[Convolution]]:
        """Every convolution that a plugin brings, in order of its address."""
        return self.entries("convolution")

    def architecture(self, name: str) -> Entry[Architecture[Any]]:
        """The architecture of that name or address.

        Raises:
            UserError: if there is none, or if two plugins claim the name.
        """
        return self.find("architecture", name, then="A plugin in a file is named before the command: --plugin FILE.")

    def task(self, name: str) -> Entry[Task[Any]]:
        """The task of that name or address; raises as `architecture` does."""
        return self.find("task", name)

    def dataset(self, name: str) -> Entry[Dataset]:
        """The data set of that name or address; raises as `architecture` does."""
        return self.find("data set", name)

    def recipe(self, name: str) -> Entry[NamedRecipe]:
        """The recipe of that name or address; raises as `architecture` does."""
        return self.find("recipe", name)

    def convolution(self, name: str) -> Entry[Convolution]:
        """The convolution of that name or address; raises as `architecture` does."""
        return self.find("convolution", name)

    def configure(self, config: ConfigT, changes: Mapping[str, Value]) -> ConfigT:
        """A copy of a config with some fields changed; a field of a type that plugins bring takes a name.

        Raises:
            UserError: if a field or a name is unknown, or a value of the wrong type or out of bounds.
        """
        return replace(config, changes, lambda brought, name: self.find(KINDS[brought], name).value)

    def recipe_for(self, architecture: Architecture[Any], name: str, changes: Mapping[str, Value]) -> Recipe:
        """The recipe of that name, as the architecture and then the user change it; raises as `configure` does."""
        return self.configure(self.recipe(name).value.recipe, {**architecture.recipes.get(name, {}), **changes})

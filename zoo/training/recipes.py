"""The recipes of the core."""

from __future__ import annotations

from zoo.api.recipe import NamedRecipe, Recipe

_COURSE = Recipe(epochs=25, batch_size=100, lr=1e-3, schedule="constant", precision="fp32", channels_last=False)

RECIPES = (
    NamedRecipe("default", "a short one-cycle training: good figures in little time", Recipe()),
    NamedRecipe("full", "longer, with augmented pictures", Recipe(epochs=15, augment="full")),
    NamedRecipe("course", "as the course trains since 2021", _COURSE),
    NamedRecipe("course-2020", "as the starter code of 2020 trains; the baseline at a learning rate of 0.3", _COURSE),
)

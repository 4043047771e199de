"""What a plugin author imports, all of it. Importing this package imports neither torch nor numpy.

Tensor layouts are written behind the names: ``x_NCHW`` is batch, channels, height, width; K counts classes.
"""

from __future__ import annotations

import pluggy

from zoo.api.architecture import Architecture, LayerCost, TwoStep
from zoo.api.catalog import Catalog, Entry
from zoo.api.charts import grouped_bars
from zoo.api.convolution import TORCH, Convolution
from zoo.api.data import DataRequest, Dataset, Images, Splits
from zoo.api.experiment import (
    Claim,
    Conditions,
    Context,
    Experiment,
    Findings,
    Measured,
    Measurement,
    Part,
    Training,
    Verdict,
    graded,
)
from zoo.api.memory import saved_memory
from zoo.api.preprocess import Preprocess, ScaledPixels
from zoo.api.preset import preset
from zoo.api.recipe import NamedRecipe, Recipe
from zoo.api.spread import Spread
from zoo.api.table import Table
from zoo.api.task import FittedTask, Metric, Task
from zoo.api.timm_models import pretrained_config
from zoo.api.version import API_VERSION
from zoo.config import Config, Value, setting
from zoo.errors import UserError, unknown

__all__ = [
    "API_VERSION",
    "TORCH",
    "Architecture",
    "Catalog",
    "Claim",
    "Conditions",
    "Config",
    "Context",
    "Convolution",
    "DataRequest",
    "Dataset",
    "Entry",
    "Experiment",
    "Findings",
    "FittedTask",
    "Images",
    "LayerCost",
    "Measured",
    "Measurement",
    "Metric",
    "NamedRecipe",
    "Part",
    "Preprocess",
    "Recipe",
    "ScaledPixels",
    "Splits",
    "Spread",
    "Table",
    "Task",
    "Training",
    "TwoStep",
    "UserError",
    "Value",
    "Verdict",
    "graded",
    "grouped_bars",
    "hookimpl",
    "preset",
    "pretrained_config",
    "saved_memory",
    "setting",
    "unknown",
]

hookimpl = pluggy.HookimplMarker("zoo")
"""Marks a function of a plugin as the implementation of the hook whose name it bears (see `zoo.hookspecs`)."""

"""A teaching zoo of convolutional networks.

From Python::

    import zoo

    run = zoo.train("unet", data="photos", epochs=2)
    picture = zoo.predict(run, "photo.jpg")
    zoo.compare([run, zoo.train("baseline", data="photos", epochs=2)])

Importing this package imports neither torch nor numpy; the first use of a function does.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from zoo._version import __version__
from zoo.errors import UserError

if TYPE_CHECKING:
    from zoo import complexity
    from zoo.comparison import Comparison, compare
    from zoo.exports.export import export
    from zoo.jobs.pack import pack
    from zoo.jobs.resume import resume
    from zoo.jobs.train import train
    from zoo.library import architectures, build, load_data
    from zoo.prediction import predict
    from zoo.runs.run import Run

__all__ = [
    "Comparison",
    "Run",
    "UserError",
    "__version__",
    "architectures",
    "build",
    "compare",
    "complexity",
    "export",
    "load_data",
    "pack",
    "predict",
    "resume",
    "train",
]

_HOMES = {
    "Comparison": "zoo.comparison",
    "Run": "zoo.runs.run",
    "architectures": "zoo.library",
    "build": "zoo.library",
    "compare": "zoo.comparison",
    "export": "zoo.exports.export",
    "load_data": "zoo.library",
    "pack": "zoo.jobs.pack",
    "predict": "zoo.prediction",
    "resume": "zoo.jobs.resume",
    "train": "zoo.jobs.train",
}


def __getattr__(name: str) -> Any:
    """Import a function's home when it is first asked for."""
    if name == "complexity":
        return importlib.import_module("zoo.complexity")
    if name not in _HOMES:
        raise AttributeError(f"module 'zoo' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

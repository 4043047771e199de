"""Checks of what is known of an architecture before anything is built."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from zoo.api import Architecture, Convolution, Entry, Task
from zoo.config import fields_of
from zoo.testing.promise import require

LONGEST_IMPORT_S = 0.05
"""Processor time that importing a plugin may take: every command imports them all."""

HEAVY = ("torch", "numpy")

_PROBE = """
import importlib, importlib.util, sys, time, zoo.api
name, place, heavy = sys.argv[1], sys.argv[2], sys.argv[3:]
start_s = time.process_time()
if place.endswith(".py"):
    spec = importlib.util.spec_from_file_location(name, place)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
else:
    sys.path.insert(0, place)
    importlib.import_module(name)
took_s = time.process_time() - start_s
print()
print(took_s, *(module for module in heavy if module in sys.modules))
"""


def check_plain_data(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Summary, citation and tasks are there, and its config is frozen and explains every field."""
    architecture = entry.value
    require(bool(architecture.summary), "it has no summary", "say in a line what it is")
    require(bool(architecture.citation), "it has no citation", "say where it comes from, or that it is your own")
    require(bool(architecture.tasks), "it does no task", "name in `tasks` what it can be trained for")
    parameters: Any = getattr(architecture.config, "__dataclass_params__")  # noqa: B009 -- no public way to ask
    require(parameters.frozen, f"{architecture.config.__name__} can be changed", "write @dataclass(frozen=True)")
    for name, kind, setting in fields_of(architecture.config):
        allowed = (int, float, bool, str, Convolution)
        require(kind in allowed, f"{name} is of type {kind}", "make it int, float, bool, str or Convolution")
        require(bool(setting.help), f"{name} has no help", "make it with zoo.api.setting, and say what it is")


def check_light(entry: Entry[Architecture[Any]], task: Task[Any]) -> None:
    """Importing it takes less than 50 ms and neither torch nor numpy: every command imports it."""
    name = type(entry.value).__module__.partition(".")[0]
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    if file is None:
        return  # made in a notebook, where nothing imports it
    place = str(Path(file).parents[1]) if hasattr(module, "__path__") else file
    took_s = 0.0
    for _ in range(3):  # once is enough for most, and the first time compiles
        command = [sys.executable, "-c", _PROBE, name, place, *HEAVY]
        probe = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        require(probe.returncode == 0, f"importing it fails ({probe.stderr.strip()[-200:]})", "let it import by itself")
        words = probe.stdout.splitlines()[-1].split()
        require(not words[1:], f"importing it imports {' and '.join(words[1:])}", "import it inside build() instead")
        took_s = float(words[0])
        if took_s < LONGEST_IMPORT_S:
            return
    require(False, f"importing it takes {took_s * 1000:.0f} ms", "do the work, or import what is slow, inside build()")

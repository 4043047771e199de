"""Bad plugins, one at a time: the others work, stdout stays clean, and the plugin is named with what is wrong."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from zoo.registry import load_registry

HEAD = """
import sys, os, logging
from dataclasses import dataclass
from zoo.api import Architecture, Config, Convolution, Dataset, NamedRecipe, Recipe, hookimpl, setting

@dataclass(frozen=True)
class Settings(Config):
    width: int = setting(4, low=1, high=8, help="filters")

class Mine(Architecture):
    name = "bad"
    summary = "for a test"
    tasks = ("colorization",)
    config = Settings

    def preprocess(self, config, task):
        from zoo.api import ScaledPixels

        return ScaledPixels(task.channels)

    def build(self, config, in_channels, num_classes):
        from torch import nn

        return nn.Conv2d(in_channels, num_classes, 1)

class Raising:
    def __getattr__(self, name): raise RuntimeError("no attributes")
    def __repr__(self): raise RuntimeError("no repr")
    def __str__(self): raise RuntimeError("no str")

class Mute(Exception):
    def __str__(self): raise RuntimeError("no words")
"""
BRINGS = "\n@hookimpl\ndef zoo_architectures():\n    return {}\n"
MINE = BRINGS.format("[Mine()]")


def data(cls: str, hook: str) -> str:
    return f"{HEAD}{cls}\n@hookimpl\ndef {hook}():\n    return [Other()]\n"


AT_LOADING = {
    "interrupts": "raise KeyboardInterrupt",
    "exits at once": "import os; os._exit(0)",
    "exits at once with 3": "import os; os._exit(3)",
    "is killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "is interrupted by itself": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "aborts": "import os; os.abort()",
    "exits": "import sys; sys.exit()",
    "exits with 0": "raise SystemExit(0)",
    "generator exit": "raise GeneratorExit",
    "memory": "raise MemoryError",
    "recursion": "def f(): f()\nf()",
    "mute": HEAD + "raise Mute",
    "mute exit": "class Mute(SystemExit):\n    def __str__(self): raise RuntimeError\nraise Mute",
    "escape in error": "raise ValueError('\\x1b[2Jcleared')",
    "surrogate in error": "raise ValueError('\\udce9')",
    "long error": "raise ValueError('x' * 1_000_000)",
    "group": "raise ExceptionGroup('two', [ValueError(1), ValueError(2)])",
    "null byte": "a = 1\0",
    "no utf-8": b"a = '\xff'",
    "tabs": "if True:\n\ta = 1\n        b = 2",
    "replaces itself": "import sys; sys.modules[__name__] = 3\nraise ValueError('gone')",
    "module getattr": HEAD + "def __getattr__(name): raise RuntimeError('no')\n" + BRINGS.format("1 / 0"),
    "hook exits": HEAD + BRINGS.format("sys.exit(0)"),
    "hook exits at once": HEAD + BRINGS.format("os._exit(0)"),
    "hook interrupts": HEAD + "\n@hookimpl\ndef zoo_architectures():\n    raise KeyboardInterrupt\n",
    "hook mute": HEAD + "\n@hookimpl\ndef zoo_architectures():\n    raise Mute\n",
    "hook none": HEAD + BRINGS.format("None"),
    "hook number": HEAD + BRINGS.format("5"),
    "hook endless": HEAD + "\nimport itertools" + BRINGS.format("itertools.repeat(Mine())"),
    "hook generator": HEAD + "\n@hookimpl\ndef zoo_architectures():\n    yield Mine()\n    raise ValueError('late')\n",
    "hook text": HEAD + BRINGS.format("'bad'"),
    "hook dict": HEAD + BRINGS.format("{'bad': Mine()}"),
    "hook raising objects": HEAD + BRINGS.format("[Raising()]"),
    "hook needs arguments": HEAD + "\n@hookimpl\ndef zoo_architectures(a, b):\n    return [Mine()]\n",
    "two of a name": HEAD + BRINGS.format("[Mine(), Mine()]"),
    "name raises": HEAD + "Mine.name = property(lambda self: 1 / 0)" + MINE,
    "name exits": HEAD + "Mine.name = property(lambda self: sys.exit(0))" + MINE,
    "name number": HEAD + "Mine.name = 3" + MINE,
    "name empty": HEAD + "Mine.name = ''" + MINE,
    "name option": HEAD + "Mine.name = '--json'" + MINE,
    "name newline": HEAD + "Mine.name = 'a\\nb'" + MINE,
    "name tab": HEAD + "Mine.name = 'a\\tb'" + MINE,
    "name escape": HEAD + "Mine.name = 'a\\x1b[31mb'" + MINE,
    "name surrogate": HEAD + "Mine.name = 'a\\udce9'" + MINE,
    "name reversed": HEAD + "Mine.name = 'a\\u202eb'" + MINE,
    "name long": HEAD + "Mine.name = 'a' * 5000" + MINE,
    "name of its own kind": HEAD + "class S(str):\n    def lower(self): raise OSError\nMine.name = S('bad')" + MINE,
    "summary none": HEAD + "Mine.summary = None" + MINE,
    "summary escape": HEAD + "Mine.summary = '\\x1b]0;title\\x07'" + MINE,
    "summary newline": HEAD + "Mine.summary = 'a\\nb'" + MINE,
    "summary surrogate": HEAD + "Mine.summary = '\\udce9'" + MINE,
    "summary raises": HEAD + "Mine.summary = property(lambda self: 1 / 0)" + MINE,
    "citation number": HEAD + "Mine.citation = 7" + MINE,
    "citation escape": HEAD + "Mine.citation = '\\x1b[2J'" + MINE,
    "api raises": HEAD + "Mine.api = property(lambda self: 1 / 0)" + MINE,
    "tasks text": HEAD + "Mine.tasks = 'colorization'" + MINE,
    "tasks empty": HEAD + "Mine.tasks = ()" + MINE,
    "tasks numbers": HEAD + "Mine.tasks = (1, 2)" + MINE,
    "tasks list": HEAD + "Mine.tasks = ['colorization']" + MINE,
    "closed form": HEAD + "Mine.closed_form = True" + MINE,
    "head number": HEAD + "Mine.head = 1" + MINE,
    "config none": HEAD + "Mine.config = None" + MINE,
    "config instance": HEAD + "Mine.config = Settings()" + MINE,
    "config raises": HEAD + "class C(Settings):\n    def __post_init__(self): raise ValueError\nMine.config = C" + MINE,
    "config without default": HEAD + "@dataclass(frozen=True)\nclass C(Config):\n    n: int\nMine.config = C" + MINE,
    "config out of bounds": HEAD
    + "@dataclass(frozen=True)\nclass C(Config):\n    n: int = setting(9, high=3, help='n')\nMine.config = C"
    + MINE,
    "config unknown type": HEAD
    + "@dataclass(frozen=True)\nclass C(Config):\n    n: 'Nothing' = setting(9, help='n')\nMine.config = C"
    + MINE,
    "config help": HEAD
    + "@dataclass(frozen=True)\nclass C(Config):\n    n: int = setting(9, help='\\x1b[1m')\nMine.config = C"
    + MINE,
    "recipes list": HEAD + "Mine.recipes = ['default']" + MINE,
    "recipes flat": HEAD + "Mine.recipes = {'lr': 0.1}" + MINE,
    "recipes field": HEAD + "Mine.recipes = {'default': {'learning_rate': 0.1}}" + MINE,
    "recipes value": HEAD + "Mine.recipes = {'default': {'lr': 'fast'}}" + MINE,
    "recipes bound": HEAD + "Mine.recipes = {'default': {'lr': -1}}" + MINE,
    "recipe": data("Other = lambda: NamedRecipe('bad', 'for a test', 3)", "zoo_recipes"),
    "data masks": data(
        "class Other(Dataset):\n    name, summary, has_masks = 'bad', 'x', 'yes'\n    def load(self, request): ...",
        "zoo_datasets",
    ),
    "data argument": data(
        "class Other(Dataset):\n    name, summary, argument = 'bad', 'x', 3\n    def load(self, request): ...",
        "zoo_datasets",
    ),
}
"""By what is wrong with them. Each brings an error; what the plugin brings of that kind is not there, or is once."""

ENDS_THE_PROCESS = {
    *("exits at once", "exits at once with 3", "is killed", "is interrupted by itself", "aborts"),
    "hook exits at once",
}
"""Those that no guard holds; the others would pass the trial, and are spared it here for its time."""

HARMLESS = {
    "prints": "print('hello')\n" + HEAD + MINE,
    "writes bytes": "import os; os.write(1, b'hello')\n" + HEAD + MINE,
    "starts a program": "import os; os.system('echo hello')\n" + HEAD + MINE,
    "logs": "import logging, sys; logging.basicConfig(stream=sys.stdout); logging.warning('hello')\n" + HEAD + MINE,
    "closes stdout": "import sys; sys.stdout.close()\n" + HEAD + MINE,
    "closes the file": "import os; os.close(1)\n" + HEAD + MINE,
    "closes stderr": "import os; os.close(2)\n" + HEAD + MINE,
    "replaces stdout": "import sys; sys.stdout = None\n" + HEAD + MINE,
    "replaces stderr": "import sys; sys.stderr = None\n" + HEAD + MINE,
    "silences logging": "import logging; logging.disable(50)\n" + HEAD + MINE,
    "recursion limit": "import sys; sys.setrecursionlimit(80)\n" + HEAD + MINE,
    "working folder": "import os; os.chdir('/')\n" + HEAD + MINE,
    "exception hook": "import sys; sys.excepthook = None\n" + HEAD + MINE,
    "signals": "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + HEAD + MINE,
    "raising object": HEAD + "odd = Raising()\n" + MINE,
    "module getattr": HEAD + "def __getattr__(name): raise RuntimeError('no')\n" + MINE,
    "repr raises": HEAD + "Mine.__repr__ = lambda self: 1 / 0" + MINE,
    "exits later": "import atexit, os; atexit.register(lambda: print('bye'))\n" + HEAD + MINE,
    "prints in hook": HEAD + "\n@hookimpl\ndef zoo_architectures():\n    print('hello')\n    return [Mine()]\n",
    "neighbour": HEAD + MINE,
}
"""By what they do. Each works, and leaves no trace."""


def write(folder: Path, code: str | bytes) -> Path:
    path = folder / "bad.py"
    path.write_bytes(code if isinstance(code, bytes) else code.encode())
    return path


@pytest.mark.parametrize("what", AT_LOADING)
def test_a_bad_plugin_is_named_and_stdout_is_clean(
    tmp_path: Path, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    registry = load_registry([write(tmp_path, AT_LOADING[what])], trial=what in ENDS_THE_PROCESS)
    plugin = registry.plugins[-1]
    assert plugin.errors, "nothing was noticed"
    assert all(line.isprintable() and len(line) < 1000 for line in plugin.errors)
    assert len([entry for entry in registry.architectures() if entry.plugin == "bad"]) == (what == "two of a name")
    assert not any(other.errors for other in registry.plugins[:-1])
    assert capfd.readouterr().out == ""
    json.dumps(plugin.errors).encode("ascii")


@pytest.mark.parametrize("what", HARMLESS)
def test_an_odd_plugin_works_and_leaves_no_trace(
    tmp_path: Path, what: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sys.getrecursionlimit(), sys.stdout, sys.stderr, os.getcwd(), logging.root.manager.disable, sys.excepthook
    registry = load_registry([write(tmp_path, HARMLESS[what])], trial=False)
    assert registry.plugins[-1].errors == []
    assert registry.architecture("bad").value.tasks == ("colorization",)
    now = sys.getrecursionlimit(), sys.stdout, sys.stderr, os.getcwd(), logging.root.manager.disable, sys.excepthook
    assert now == before
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("what", ["prints", "closes the file", "replaces stdout", "logs"])
def test_json_stays_json(tmp_path: Path, what: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zoo", "--plugin", write(tmp_path, HARMLESS[what]), "list", "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "bad" in [row["name"] for row in json.loads(done.stdout)["architectures"]]


def test_an_endless_plugin_does_not_hang_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.registry.trial.IDLE_S", 3.0)
    plugin = load_registry([write(tmp_path, "while True: pass")]).plugins[-1]
    assert "did not end within" in plugin.errors[0]


def test_a_plugin_is_tried_once_by_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, HEAD + MINE + f"# {tmp_path}")
    load_registry([path])
    with monkeypatch.context() as patch:
        patch.setattr("zoo.registry.trial.run_apart", lambda *_, **__: pytest.fail("tried again"))
        assert load_registry([path]).architecture("bad").plugin == "bad"
    path.write_text("import os; os._exit(0)")
    assert "exited with code 0" in load_registry([path]).plugins[-1].errors[0]


def test_a_plugin_that_imports_the_file_beside_it_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("a = 1")
    plugin = load_registry([write(tmp_path, "import helper")]).plugins[-1]
    assert "cannot import helper beside it: put both into one file" in plugin.errors[0]


def test_hidden_files_are_no_plugins(tmp_path: Path) -> None:
    for name in ("._bad.py", ".bad.py"):
        (tmp_path / name).write_bytes(b"\0\5")
    write(tmp_path, HEAD + MINE)
    assert [plugin.name for plugin in load_registry(folders=[tmp_path]).plugins][-1] == "bad"
    assert not any(plugin.errors for plugin in load_registry(folders=[tmp_path]).plugins)


HOOKS = {
    "exits": ("raise SystemExit(0)", "failed: SystemExit: 0"),
    "interrupts": ("raise KeyboardInterrupt", "failed: KeyboardInterrupt"),
    "mute": ("class Mute(Exception):\n        def __str__(self): 1 / 0\n    raise Mute", "failed: Mute"),
    "dtype": ("import torch; torch.set_default_dtype(torch.float64)", "changed torch's default dtype"),
    "gradients": ("import torch; torch.set_grad_enabled(False)", "changed whether torch keeps gradients"),
    "recursion": ("import sys; sys.setrecursionlimit(90)", "changed the recursion limit"),
    "logging": ("import logging; logging.disable(50)", "changed what logging lets through"),
    "record": ("metrics['loss'] = 0.0", ""),
    "prints": ("print('hello')", ""),
}


@pytest.mark.parametrize("what", HOOKS)
def test_a_hook_harms_nobody(tmp_path: Path, what: str, capfd: pytest.CaptureFixture[str]) -> None:
    import torch

    body, said = HOOKS[what]
    code = f"from zoo.api import hookimpl\n@hookimpl\ndef zoo_epoch_end(run, metrics):\n    {body}\n"
    metrics = {"loss": 1.0}
    registry = load_registry([write(tmp_path, code)], trial=False)
    problems = registry.notify("zoo_epoch_end", run=None, metrics=metrics)
    assert [said in line for line in problems] == [True] * bool(said)
    assert metrics == {"loss": 1.0}
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()
    assert capfd.readouterr().out == ""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from zoo.errors import UserError
from zoo.registry import Registry, load_registry

HEAD = """
from dataclasses import dataclass
from zoo.api import Architecture, Config, Preprocess, hookimpl

@dataclass(frozen=True)
class Settings(Config):
    pass

class Mine(Architecture):
    name = "mine"
    summary = "for a test"
    tasks = ("colorization",)
    config = Settings

    def preprocess(self, config, task):
        raise NotImplementedError

    def build(self, config, in_channels, num_classes):
        raise NotImplementedError
"""

BROKEN = {
    "import": ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
    "syntax": ("def broken(:", "SyntaxError"),
    "raise": ("raise RuntimeError('no luck')", "RuntimeError: no luck (raise.py, line 1)"),
    "exit": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "misspelt": (
        HEAD + "@hookimpl\ndef zoo_architecture():\n    return [Mine()]",
        "zoo_architecture() is no hook: did you mean zoo_architectures",
    ),
    "unmarked": (HEAD + "def zoo_architectures():\n    return [Mine()]", "write @hookimpl above it"),
    "argument": (
        HEAD + "@hookimpl\ndef zoo_epoch_end(run, metric):\n    pass",
        "registering it failed: PluginValidationError",
    ),
    "hook_raises": (HEAD + "@hookimpl\ndef zoo_architectures():\n    return 1 / 0", "ZeroDivisionError"),
    "hook_exits": (HEAD + "@hookimpl\ndef zoo_architectures():\n    raise SystemExit", "SystemExit"),
    "not_a_list": (HEAD + "@hookimpl\ndef zoo_architectures():\n    return Mine()", "TypeError"),
    "class": (HEAD + "@hookimpl\ndef zoo_architectures():\n    return [Mine]", "not an instance: write Mine()"),
    "foreign": (HEAD + "@hookimpl\ndef zoo_architectures():\n    return [3]", "which is no Architecture"),
    "abstract": (
        "from zoo.api import Architecture, hookimpl\nclass A(Architecture): pass\n"
        "@hookimpl\ndef zoo_architectures():\n    return [A()]",
        "TypeError",
    ),
    "api": (
        HEAD + "Mine.api = 99\n@hookimpl\ndef zoo_architectures():\n    return [Mine()]",
        "written for version 99 of the plugin contract",
    ),
    "name": (
        HEAD + "Mine.name = 'My Net'\n@hookimpl\ndef zoo_architectures():\n    return [Mine()]",
        "is not a word in lower case",
    ),
    "config": (
        HEAD + "Mine.config = dict\n@hookimpl\ndef zoo_architectures():\n    return [Mine()]",
        "not a subclass of zoo.api.Config",
    ),
    "taken": (
        HEAD + "Mine.name = 'unet'\n@hookimpl\ndef zoo_architectures():\n    return [Mine()]",
        "the architecture name 'unet' is also claimed by unet/unet; use taken/unet.",
    ),
}
GOOD = HEAD + "@hookimpl\ndef zoo_architectures():\n    return [Mine()]\n"


def write(folder: Path, name: str, code: str) -> Path:
    path = folder / f"{name}.py"
    path.write_text(textwrap.dedent(code))
    return path


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_named_and_the_others_work(tmp_path: Path, name: str) -> None:
    code, said = BROKEN[name]
    registry = load_registry([write(tmp_path, name, code), write(tmp_path, "good", GOOD)])
    broken = next(plugin for plugin in registry.plugins if plugin.name == name)
    assert any(said in line for line in broken.errors), broken.errors
    assert all("\n" not in line for line in broken.errors)
    assert registry.architecture("mine").address == "good/mine"
    assert registry.architecture("unet/unet").name == "unet"
    assert not any(plugin.errors for plugin in registry.plugins if plugin.name not in (name, "unet"))


def test_a_name_that_two_claim_needs_its_address(tmp_path: Path) -> None:
    registry = load_registry([write(tmp_path, "taken", BROKEN["taken"][0])])
    with pytest.raises(UserError, match="'unet' is claimed by taken/unet and unet/unet"):
        registry.architecture("unet")
    assert registry.architecture("taken/unet").plugin == "taken"
    assert any("also claimed by taken/unet" in line for line in plugin_named(registry, "unet").errors)


def test_a_plugin_cannot_take_the_name_of_another(tmp_path: Path) -> None:
    registry = load_registry([write(tmp_path, "unet", GOOD)])
    assert "the plugin name 'unet' is taken by" in registry.plugins[-1].errors[0]
    assert [entry.name for entry in registry.architectures()].count("mine") == 0


def test_a_folder_of_plugins(tmp_path: Path) -> None:
    write(tmp_path, "one", GOOD)
    write(tmp_path, "two", GOOD.replace('"mine"', '"yours"'))
    registry = load_registry(folders=[tmp_path])
    assert {"one/mine", "two/yours"} <= {entry.address for entry in registry.architectures()}


def test_missing_files_and_folders_are_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"--plugin .*: there is no such file"):
        load_registry([tmp_path / "none.py"])
    with pytest.raises(UserError, match=r"--plugins-dir .*: there is no such folder"):
        load_registry(folders=[tmp_path / "none"])


def test_unknown_names_come_with_close_matches() -> None:
    with pytest.raises(UserError, match="unknown architecture 'unett': did you mean unet"):
        load_registry().architecture("unett")
    with pytest.raises(UserError, match="unknown data set 'photo': did you mean photos"):
        load_registry().dataset("photo")


def test_a_hook_that_raises_is_reported_once_and_the_others_are_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = "from zoo.api import hookimpl\n@hookimpl\ndef zoo_run_start(run):\n    raise ValueError('oh')\n"
    good = "from zoo.api import hookimpl\n@hookimpl\ndef zoo_run_start(run):\n    print('called', run)\n"
    registry = load_registry([write(tmp_path, "bad", bad), write(tmp_path, "good", good)])
    problems = registry.notify("zoo_run_start", run="first")
    assert len(problems) == 1
    assert "plugin bad: zoo_run_start() failed: ValueError: oh" in problems[0]
    assert registry.notify("zoo_run_start", run="second") == []
    assert capsys.readouterr() == ("", "called first\ncalled second\n")


def plugin_named(registry: Registry, name: str) -> object:
    return next(plugin for plugin in registry.plugins if plugin.name == name)

"""What the command line imports, seen from outside: in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("torch", "numpy", "matplotlib", "accelerate", "skimage", "PIL", "sympy")
PROBE = """
import json, sys
from zoo.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    code = ended.code or 0
loaded = [name for name in {heavy} if name in sys.modules]
print(json.dumps([code, loaded]), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["list"],
        ["list", "--json"],
        ["plugins"],
        ["quiz"],
        ["quiz", "counting/layer5", "--hint"],
        ["run", "--help"],
        ["run", "unett"],
        [],
    ],
)
def test_nothing_heavy_is_imported(arguments: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROBE.format(heavy=HEAVY), *arguments], capture_output=True, text=True, check=True
    )
    code, loaded = json.loads(ended.stderr.strip().splitlines()[-1])
    assert code == (2 if "unett" in arguments else 0), ended.stderr
    assert loaded == []


def test_the_api_and_the_package_import_nothing_heavy() -> None:
    code = f"import sys, zoo, zoo.api, zoo.hookspecs; print([n for n in {HEAVY} if n in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_the_core_imports_no_plugin() -> None:
    code = (
        "import sys, zoo, pkgutil, importlib\n"
        "for module in pkgutil.walk_packages(zoo.__path__, 'zoo.'):\n"
        "    if not module.name.endswith('__main__'): importlib.import_module(module.name)\n"
        "print([name for name in sys.modules if name.startswith('zoo_')])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_version_and_help() -> None:
    for module in (["-m", "zoo"],):
        ended = subprocess.run([sys.executable, *module, "--version"], capture_output=True, text=True, check=True)
        assert ended.stdout.startswith("zoo 0.")
        ended = subprocess.run([sys.executable, *module], capture_output=True, text=True, check=True)
        assert "predict" in ended.stdout

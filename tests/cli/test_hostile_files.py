"""Files that try to pass `zoo check` and `zoo quiz` without keeping the contract: none does, and none hangs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SOUND = (Path(__file__).resolve().parents[2] / "zoo/quiz/solutions/first.py").read_text(encoding="utf-8")
FORGED = '{"token": "0", "value": {"right": true, "says": []}}\\n{"token": "0", "end": true}\\n'
START = "import os, sys, threading, time\n"
HOSTILE = {
    "exits": "sys.exit(0)",
    "exits at once": "os._exit(0)",
    "forges a report": f"os.write(1, b'''{FORGED}'''); os._exit(0)",
    "forges on every file": f"for fd in range(1, 8): os.isatty(fd) or os.write(fd, b'''{FORGED}''')\nos._exit(0)",
    "never ends": "while True: pass",
    "sleeps": "time.sleep(1000)",
    "waits for input": "sys.stdin.read(); time.sleep(1000)",
    "eats memory": "x = []\nwhile True: x.append(bytearray(100_000_000))",
    "leaves no checks": "import zoo.testing.run as r, zoo.testing.contract as c; r.CHECKS = c.CHECKS = (); sys.exit(0)",
    "stops later": "threading.Timer(0.5, lambda: os._exit(0)).start()\ntime.sleep(1000)",
}
ENDLESS = ("never ends", "sleeps", "waits for input")
"""Those that only the limit ends: nothing is learned by waiting long for it."""


@pytest.mark.parametrize("what", HOSTILE)
def test_no_hostile_file_is_right(zoo_cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("zoo.quiz.apart.IDLE_S", 3.0 if what in ENDLESS else 12.0)
    (tmp_path / "mine.py").write_text(f"{SOUND}\n{START}{HOSTILE[what]}\n", encoding="utf-8")
    done = zoo_cli("quiz", "plugins/first", "mine.py", "--json")
    assert done.code == 1
    assert json.loads(done.out)["right"] is False


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("os._exit(0)", "exited with code 0"),
        ("sys.exit(0)", "SystemExit"),
        ("while True: pass", "did not end within"),
    ],
)
def test_no_hostile_build_passes_the_checks(  # type: ignore[no-untyped-def]
    zoo_cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, said: str
) -> None:
    monkeypatch.setattr("zoo.testing.apart.IDLE_S", 8.0 if line == "while True: pass" else 30.0)
    sound = (Path(__file__).resolve().parents[2] / "docs/examples/mine.py").read_text(encoding="utf-8")
    hostile = sound.replace(
        "from torch import nn\n", f"from torch import nn\n        import os, sys\n        {line}\n", 1
    )
    assert hostile != sound
    (tmp_path / "mine.py").write_text(hostile, encoding="utf-8")
    done = zoo_cli("--plugin", "mine.py", "check", "mine", "--json")
    assert done.code == 1
    report = json.loads(done.out)
    assert report["passed"] is False
    assert any(said in outcome["problem"] for outcome in report["checks"])


def test_the_shipped_solution_is_no_answer_of_ones_own(zoo_cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "mine.py").write_text(f"# mine\n{SOUND}", encoding="utf-8")
    done = zoo_cli("quiz", "plugins/first", "mine.py", "--json")
    assert "the solution that the zoo ships" in " ".join(json.loads(done.out)["says"])

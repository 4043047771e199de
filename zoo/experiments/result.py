"""What an experiment came to, as a file that can be read and judged again anywhere."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import os
import platform
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zoo._version import __version__
from zoo.api.experiment import Conditions, Experiment, Findings, Measured
from zoo.errors import UserError
from zoo.experiments.keys import Keys
from zoo.files import write_text
from zoo.registry import Registry

SCHEMA = 2
"""Version of ``result.json``."""


@dataclass(frozen=True)
class Result:
    """An experiment, done.

    Attributes:
        experiment: what was asked.
        conditions: what its user chose.
        measured: what every part left, by its label.
        findings: what `Experiment.conclude` makes of it.
        origin: ``command``, ``date``, ``versions`` and ``machine`` that it was made with, and the parts' ``keys``.
    """

    experiment: Experiment
    conditions: Conditions
    measured: Mapping[str, Measured]
    findings: Findings
    origin: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        experiment: Experiment,
        conditions: Conditions,
        measured: Mapping[str, Measured],
        keys: Mapping[str, str],
    ) -> Result:
        """Judge what was measured here and now, under these keys."""
        origin = {
            "command": command(experiment, conditions),
            "date": datetime.now(UTC).date().isoformat(),
            "versions": {
                "zoo": __version__,
                "python": platform.python_version(),
                "torch": importlib.metadata.version("torch"),
            },
            "machine": f"{_processor()}, {os.cpu_count()} cores",
            "keys": dict(keys),
        }
        return cls(experiment, conditions, measured, experiment.conclude(measured, conditions), origin)

    @classmethod
    def load(cls, path: Path, registry: Registry) -> Result:
        """Read a result and judge its numbers anew.

        Raises:
            UserError: if the file is none of ours, or its experiment is not there.
        """
        record = read_record(path)
        experiment = registry.experiment(record["experiment"]).value
        conditions = Conditions(**{**record["conditions"], "seeds": tuple(record["conditions"]["seeds"])})
        measured = record["measured"]
        origin = {name: record[name] for name in ("command", "date", "versions", "machine", "keys")}
        return cls(experiment, conditions, measured, experiment.conclude(measured, conditions), origin)

    def to_json(self) -> dict[str, Any]:
        """Everything, the claims with their verdicts and the tables included."""
        experiment, findings = self.experiment, self.findings
        return {
            "schema": SCHEMA,
            "experiment": experiment.name,
            "question": experiment.summary,
            "asked": experiment.asked,
            "method": experiment.method,
            **self.origin,
            "conditions": dataclasses.asdict(self.conditions),
            "claims": [
                {**dataclasses.asdict(claim), **dataclasses.asdict(findings.verdicts[claim.name])}
                for claim in experiment.claims
            ],
            "tables": [
                {"caption": table.caption, "head": list(table.head), "rows": [list(row) for row in table.rows]}
                for table in findings.tables
            ],
            "remarks": list(findings.remarks),
            "measured": self.measured,
        }

    def save(self, path: Path) -> None:
        """Write ``result.json``."""
        write_text(path, json.dumps(self.to_json(), indent=1) + "\n")


def read_record(path: Path) -> dict[str, Any]:
    """The content of a result file.

    Raises:
        UserError: if it is none of ours.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); `zoo experiment run NAME` makes one.") from None
    except ValueError as error:
        raise UserError(f"{path} is not valid JSON ({error}); run the experiment anew.") from None
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise UserError(f"{path} is no result of an experiment, or one of another version; run the experiment anew.")
    return record


def stale(path: Path, registry: Registry) -> list[str]:
    """How a result differs from what the code makes of its numbers now, a line each; none if it is up to date.

    What a question asks, the parts that it is answered by, its rules, verdicts and tables are compared.
    """
    record, result = read_record(path), Result.load(path, registry)
    current = json.loads(json.dumps(result.to_json()))
    problems = [
        f"{path.name}: {name} is no longer what the code says"
        for name in ("question", "asked", "method", "claims", "tables", "remarks")
        if record.get(name) != current[name]
    ]
    wanted = set(result.experiment.parts(result.conditions))
    if wanted != set(record["measured"]):
        problems.append(f"{path.name}: its parts are no longer those of the experiment")
    return problems


def outdated(result: Result, registry: Registry) -> list[str]:
    """The parts whose numbers other code made than there is now, by label: they hold for that code alone."""
    keys = Keys(registry, result.conditions.device)
    parts = result.experiment.parts(result.conditions)
    return [label for label, part in parts.items() if result.origin["keys"].get(label) != keys.key(part)]


def command(experiment: Experiment, conditions: Conditions) -> str:
    """The command that repeats an experiment."""
    words = ["zoo", "experiment", "run", experiment.name]
    if conditions.quick:
        words.append("--quick")
    if experiment.uses_data:
        words += ["--data", conditions.data]
    if experiment.uses_seeds:
        words += ["--seeds", ",".join(map(str, conditions.seeds))]
    if conditions.epochs is not None:
        words += ["--epochs", str(conditions.epochs)]
    return shlex.join(words)


def _processor() -> str:
    """The processor's name, as far as the system says."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()

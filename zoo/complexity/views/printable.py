"""A report for notebooks and scripts: it writes itself as JSON, Markdown and LaTeX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zoo.complexity.deriving.result import Report
from zoo.complexity.views import forms


@dataclass
class PrintableReport(Report):
    """A report that writes itself; a notebook shows it as Markdown."""

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values; ``schema`` is raised when the meaning of a field changes."""
        return forms.to_json(self)

    def to_markdown(self) -> str:
        """The report as Markdown tables."""
        return forms.to_markdown(self)

    def to_latex(self) -> str:
        """The report as a LaTeX ``longtable``."""
        return forms.to_latex(self)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

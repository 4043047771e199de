"""It does not say where it comes from.

check_plain_data: it has no citation
"""

from __future__ import annotations

from sound import Sound

from zoo.api import hookimpl


class Fault(Sound):
    """Without a source."""

    citation = ""


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]

"""It imports numpy when it is loaded.

check_light: importing it imports numpy
"""

from __future__ import annotations

import numpy as np
from sound import Sound

from zoo.api import hookimpl


class Fault(Sound):
    """Prompt, but heavy."""

    summary = f"made with numpy {np.__version__}"


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]

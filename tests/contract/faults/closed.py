"""It leaves a file behind when it is built.

check_closed: build() did this: write
"""

from __future__ import annotations

import tempfile
from typing import Any

from sound import Sound, SoundConfig

from zoo.api import hookimpl


class Fault(Sound):
    """Talkative."""

    def build(self, config: SoundConfig, in_channels: int, num_classes: int) -> Any:
        """Log."""
        with tempfile.NamedTemporaryFile("w") as log:
            log.write("built")
        return super().build(config, in_channels, num_classes)


@hookimpl
def zoo_architectures() -> list[Fault]:
    """The fault."""
    return [Fault()]

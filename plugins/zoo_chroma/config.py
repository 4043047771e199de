"""Settings of the network that starts from the table."""

from __future__ import annotations

from dataclasses import dataclass

from zoo.api import Config, setting


@dataclass(frozen=True)
class ChromaConfig(Config):
    """What the network is made of; each part can be left out, to see what it is worth."""

    width: int = setting(32, symbol="NF", low=1, high=512, help="channels of the first map; map i has i times as many")
    depth: int = setting(3, low=1, high=5, help="how often height and width are halved")
    table: bool = setting(True, help="whether the table's log-probabilities are added to the network's logits")
    position: bool = setting(True, help="whether the network is told where in the picture every pixel lies")
    full_resolution: bool = setting(True, help="whether the first and the last map are as large as the picture")

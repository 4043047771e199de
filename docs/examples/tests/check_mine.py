# check_mine.py
"""Every check of the contract, as a test of pytest."""

import pytest
from mine import Mine

from zoo.api import Entry
from zoo.tasks.colorization import Colorization
from zoo.testing.contract import CHECKS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(check):
    """One promise."""
    check(Entry("mine", "mine", Mine()), Colorization())

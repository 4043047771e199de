# check_mine.py
"""Every check of the contract, as a test of pytest."""

import pytest
from mine import Mine

from zoo.api import Entry
from zoo.tasks.colorization import Colorization
from zoo.testing.run import cases

CASES = cases(Entry("mine", "mine", Mine()), [Colorization()])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_contract(case):
    """One promise."""
    assert case.run().problem == ""

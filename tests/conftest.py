"""Settings of all tests: property tests draw the same examples every time."""

import pytest
from hypothesis import settings

from tests.measure import Measured

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture
def measured(record_property):
    """Records and asserts deviations and observed orders, for the tables of the validation."""
    return Measured(record_property)

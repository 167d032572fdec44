"""Plug-in for pytest that runs the tests which compare, and hears what they compare.

It keeps the tests marked with a reference case and those that take the fixture `measured`. Each
comparison that a case's test makes with a tolerance (`pytest.approx`,
`numpy.testing.assert_allclose`) is kept among the properties of the test's report, as the fixture
keeps its deviations and orders, so that all of it travels from the workers of pytest-xdist.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.measure import CASE, COMPARISONS

APPROXIMATE: Any = type(pytest.approx(1.0))
"""Class that compares one number with a tolerance; those for arrays and tables use it."""

_heard: list[list[float]] = []
"""Numbers, references and allowed differences of the running test."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that neither run a case nor measure."""
    chosen, others = [], []
    for item in items:
        cases = [mark.args[0] for mark in item.iter_markers("case")]
        item.user_properties += [(CASE, name) for name in cases]
        measures = "measured" in getattr(item, "fixturenames", ())
        (chosen if cases or measures else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = chosen


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Listen while a test runs."""
    _heard.clear()
    try:
        with _listening():
            return (yield)
    finally:
        item.user_properties.append((COMPARISONS, list(_heard)))


def _note(ours: Any, reference: Any, allowed: Any) -> None:
    """Keep finite numbers, element by element."""
    try:
        arrays = [np.asarray(each, dtype=float) for each in (ours, reference, allowed)]
    except (TypeError, ValueError):
        return
    flat = np.stack([each.ravel() for each in np.broadcast_arrays(*arrays)], axis=1)
    _heard.extend(flat[np.isfinite(flat).all(axis=1)].tolist())


@contextlib.contextmanager
def _listening() -> Iterator[None]:
    equal: Callable[..., bool] = APPROXIMATE.__eq__
    close = np.testing.assert_allclose

    def heard_equal(self: Any, actual: Any) -> bool:
        with contextlib.suppress(TypeError):
            _note(actual, self.expected, self.tolerance)
        return equal(self, actual)

    def heard_close(
        actual: Any, desired: Any, rtol: float = 1e-7, atol: float = 0.0, **options: Any
    ) -> None:
        _note(actual, desired, atol + rtol * np.abs(np.asarray(desired, dtype=float)))
        close(actual, desired, rtol, atol, **options)

    APPROXIMATE.__eq__ = heard_equal
    np.testing.assert_allclose = heard_close
    try:
        yield
    finally:
        APPROXIMATE.__eq__ = equal
        np.testing.assert_allclose = close

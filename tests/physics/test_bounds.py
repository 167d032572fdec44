import numpy as np
import pytest

from comine.physics.bounds import positive, within


def test_values_come_back_as_floats():
    assert positive("a", [1, 2]).dtype == float
    assert np.array_equal(within("a", [0, 1], 0, 1), [0.0, 1.0])


@pytest.mark.parametrize("value", [0, -1.0, np.nan, [1.0, -2.0]])
def test_positive_refuses(value):
    with pytest.raises(ValueError, match="length must be positive, got"):
        positive("length", value)


@pytest.mark.parametrize("value", [-0.1, 1.1, np.nan])
def test_within_refuses(value):
    with pytest.raises(ValueError, match=r"share must lie in 0\.\.1, got"):
        within("share", value, 0, 1)

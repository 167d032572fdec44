import numpy as np
import pytest

from comine.decision.ahp import prioritise
from comine.decision.incomplete import unlinked_groups
from comine.decision.random_index import random_index
from comine.decision.random_sets import _random_sets, _smallest_eigenvalues, random_consistency


@pytest.mark.parametrize(("size", "missing"), [(4, 0), (4, 2), (6, 5), (7, 14), (8, 21)])
def test_against_a_minimiser(size, missing):
    matrices, unknown = _random_sets(size, missing, 40, np.random.default_rng(size))
    assert np.all(unknown.sum(axis=(1, 2)) == 2 * missing)
    found = _smallest_eigenvalues(matrices, unknown)
    for matrix, gone, largest in zip(matrices[:8], unknown[:8], found, strict=False):
        given = np.where(gone, np.nan, matrix)
        assert len(unlinked_groups(given)) == 1
        assert largest == pytest.approx(prioritise(given, "lambda min").lambda_max, rel=1e-6)


@pytest.mark.parametrize(("size", "missing"), [(4, 1), (5, 3)])
def test_the_table_is_drawn_with_its_seed(size, missing):
    mean = random_consistency(size, missing, 20_000, np.random.default_rng([size, missing])).mean()
    whole = random_consistency(size, 0, 20_000, np.random.default_rng([size, 0])).mean()
    ratio = random_index(size, missing=missing) / random_index(size)
    assert ratio == pytest.approx(mean / whole, abs=2e-4)


@pytest.mark.parametrize(("size", "missing"), [(6, 3), (7, 9), (8, 6), (9, 10)])
def test_the_table_with_another_seed(size, missing):
    found = random_consistency(size, missing, 1500, np.random.default_rng(0))
    whole = random_consistency(size, 0, 1500, np.random.default_rng(1))
    ratio = random_index(size, missing=missing) / random_index(size)
    error = found.std() / found.mean() + whole.std() / whole.mean()
    assert found.mean() / whole.mean() == pytest.approx(ratio, rel=3.0 * error / np.sqrt(1500))


@pytest.mark.parametrize("size", [4, 6, 9])
def test_complete_sets_against_the_printed_table(size):
    ours = random_consistency(size, 0, 4000, np.random.default_rng(size)).mean()
    assert ours == pytest.approx(random_index(size, "alonso-lamata table"), abs=0.04)


def test_ratio_falls_from_one_to_nothing():
    for size in range(4, 13):
        spare = (size - 1) * (size - 2) // 2
        ratios = [random_index(size, missing=m) / random_index(size) for m in range(spare + 1)]
        assert ratios[0] == 1.0
        assert ratios[-1] == 0.0
        assert np.all(np.diff(ratios) < 0.0)
        np.testing.assert_allclose(ratios, 1.0 - np.arange(spare + 1) / spare, atol=0.02)


def test_same_seed_same_bytes():
    one, two = (random_consistency(5, 2, 50, np.random.default_rng(3)) for _ in range(2))
    assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((2, 0, 5), "size must be 3"), ((4, 0, 0), "count 1"), ((4, 4, 5), "missing must lie")],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        random_consistency(*arguments, np.random.default_rng(0))

import numpy as np
import pytest

from comine.decision.ahp import prioritise
from comine.decision.random_index import geometric_limit, random_index
from tests.cases import case, load_case


@case("decision/random_index_tables")
def test_tables_as_read():
    expected = load_case("decision/random_index_tables")["expected"]
    names = {
        "saaty": "saaty",
        "alonso_lamata": "alonso-lamata table",
        "tummala_ling": "tummala-ling",
    }
    for key, table in names.items():
        sizes = {n: v for n, v in expected[key].items() if n.isdigit()}
        assert len(sizes) >= 13
        for size, value in sizes.items():
            assert random_index(int(size), table) == value
    regression = expected["alonso_lamata"]["n=20"]
    assert round(random_index(20, "alonso-lamata table"), 3) == regression
    assert round(random_index(20), 3) == regression
    limits = expected["gci_threshold_for_CR_10pct"]
    assert [geometric_limit(n) for n in (3, 4, 5, 20)] == [
        limits["3"],
        limits["4"],
        limits[">4"],
        limits[">4"],
    ]


def test_chinese_variant():
    values = [random_index(n, "chinese") for n in range(3, 10)]
    assert values == [0.52, 0.89, 1.12, 1.26, 1.36, 1.41, 1.46]


def test_regression_is_near_the_tables(measured):
    for n in range(4, 16):
        error = random_index(n) - random_index(n, "alonso-lamata table")
        what = "random index by regression, 4 to 15 alternatives"
        measured.deviation("decision", what, "table of Alonso and Lamata", error, 0.03, "")


@pytest.mark.parametrize(("size", "missing"), [(4, 1), (5, 2), (6, 4)])
def test_incomplete_index_against_random_matrices(size, missing, measured):
    rng = np.random.default_rng(size)
    scale = np.concatenate([1.0 / np.arange(9, 1, -1), np.arange(1, 10)])
    total, count = 0.0, 0
    rows, columns = np.triu_indices(size, 1)
    while count < 250:
        matrix = np.ones((size, size))
        matrix[rows, columns] = rng.choice(scale, rows.size)
        gone = rng.choice(rows.size, missing, replace=False)
        matrix[rows[gone], columns[gone]] = np.nan
        matrix[columns, rows] = 1.0 / matrix[rows, columns]
        if np.any((~np.isnan(matrix)).sum(axis=0) < 2):
            continue
        total += prioritise(matrix, "lambda min").consistency_index
        count += 1
    error = random_index(size, missing=missing) / (total / count) - 1.0
    what = f"random index, {size} alternatives, {missing} comparisons missing"
    measured.deviation("decision", what, "mean of 250 random sets", error, 0.15)


def test_a_spanning_tree_has_nothing_to_contradict():
    assert random_index(5, missing=6) == 0.0
    assert random_index(1) == random_index(2) == 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "size must be 1"),
        ((16, "saaty"), "ends at size 15"),
        ((10, "chinese"), "ends at size 9"),
        ((5, "donegan"), "table must be"),
        ((4, "saaty", 4), "missing must lie"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        random_index(*arguments)

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array

from comine.numerics.assembly import Assembler, Entries, gathered


def entries(random, count, shape):
    row, column = (random.integers(0, size, count) for size in shape)
    return Entries(row, column, random.normal(size=count))


def sparse(each, shape):
    return coo_array((each.value, (each.row, each.column)), shape=shape).toarray()


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), counts=st.tuples(*[st.integers(0, 30)] * 3))
def test_the_sum_is_that_of_sparse_matrices(seed, counts):
    """Twice with the same places, once with others: entries in the same place add up."""
    random = np.random.default_rng(seed)
    assembler = Assembler((6, 4))
    shapes = (6, 5), (5, 4), (6, 4)
    first = [entries(random, count, shape) for count, shape in zip(counts, shapes, strict=True)]
    again = [Entries(each.row, each.column, random.normal(size=each.value.size)) for each in first]
    moved = [entries(random, count, shape) for count, shape in zip(counts, shapes, strict=True)]
    for parts in (first, again, moved):
        left, right, own = (sparse(each, s) for each, s in zip(parts, shapes, strict=True))
        made = assembler.assembled(*parts)
        assert made.has_canonical_format
        np.testing.assert_allclose(made.toarray(), left @ right + own, rtol=1e-12, atol=1e-12)


def test_places_are_kept_apart_from_what_the_caller_does_with_them():
    assembler, row = Assembler((2, 2)), np.array([0, 1])
    part = Entries(row, np.array([0, 0]), np.array([1.0, 2.0]))
    assembler.summed(part)
    row[:] = [1, 1]
    np.testing.assert_array_equal(assembler.summed(part).toarray(), [[0.0, 0.0], [3.0, 0.0]])


def test_nothing_is_a_matrix_without_entries():
    assert gathered([]).value.size == 0
    assert Assembler((3, 2)).summed(gathered([])).nnz == 0

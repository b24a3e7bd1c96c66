"""The arrays that actors' rules take and return: the first axis is the run; float64 unless another type is given."""

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.int8]
BoolArray = npt.NDArray[np.bool_]

LOG2_E = math.log2(math.e)
"""``2 ** (LOG2_E * x)`` is ``exp(x)``; it takes two thirds of the time if NumPy does not vectorise ``exp`` (AVX2)."""


@lru_cache(maxsize=1024)
def relaxation(rate: float, years: float) -> float:
    """Share of a gap that closes over some years at a constant rate per year: ``1 - exp(-rate * years)``.

    >>> round(relaxation(1.0, 1.0), 3)
    0.632
    """
    return -math.expm1(-rate * years)


def share(values: FloatArray) -> FloatArray:
    """Clip values to [0, 1]; faster than ``np.clip`` for short arrays.

    >>> share(np.array([-0.5, 0.5, 1.5])).tolist()
    [0.0, 0.5, 1.0]
    """
    return np.minimum(np.maximum(values, 0.0), 1.0)


def relax(state: FloatArray, target: FloatArray, share: float) -> None:
    """Move a state towards a target by a share of the distance, in place.

    >>> state = np.array([0.0, 1.0])
    >>> relax(state, np.array([1.0, 1.0]), 0.25)
    >>> state.tolist()
    [0.25, 1.0]
    """
    distance = target - state
    distance *= share
    state += distance


def count(flags: BoolArray) -> npt.NDArray[np.int16]:
    """Number of true values in each row, (row,); takes a third of the time of ``flags.sum(axis=-1)``.

    >>> count(np.array([[True, False, True], [False, False, False]])).tolist()
    [2, 0]
    """
    counted: npt.NDArray[np.int16] = np.add.reduce(flags.view(np.int8), axis=-1, dtype=np.int16)
    return counted


def at_places(values: FloatArray, places: npt.NDArray[np.intp]) -> FloatArray:
    """Values of one member in each of some runs, (row,).

    Args:
        values: of all members, (member,), or (row, member) where they differ between runs.
        places: positions of the members, (row,).
    """
    return values[places] if values.ndim == 1 else values[np.arange(len(places)), places]


ROWS_TOGETHER = 16
"""Rows in one matrix product. All products have this size, because another shape may be summed in another order."""


def rows_times(rows: FloatArray, matrix: FloatArray) -> FloatArray:
    """Multiply each row by a matrix, (row, column); a row's result is identical to the bit whatever the other rows are.

    >>> rows_times(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])).tolist()
    [[2.0, 1.0], [4.0, 3.0]]
    """
    n_rows, n_columns = rows.shape
    blocks = -(-n_rows // ROWS_TOGETHER)
    if blocks * ROWS_TOGETHER > n_rows:
        rows = np.concatenate([rows, np.zeros((blocks * ROWS_TOGETHER - n_rows, n_columns))])
    product = np.matmul(rows.reshape(blocks, ROWS_TOGETHER, n_columns), matrix)
    return product.reshape(-1, matrix.shape[1])[:n_rows]

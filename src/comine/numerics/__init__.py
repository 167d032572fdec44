"""Numerical methods without domain words: NumPy and SciPy in and out, no state, no files."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Array of floats."""
Indices = NDArray[np.intp]
"""Array of positions."""

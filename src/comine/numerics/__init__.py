"""Numerical methods without domain words: NumPy in, NumPy out, no state and no files."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Array of floats, the only array type of this package."""

"""Numerical methods on plain arrays, without domain words."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Array of numbers."""
Indices = NDArray[np.intp]
"""Array of indices."""

"""Decision methods as pure functions of arrays: weights, consistency, scores."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Array of floats, the only array type of this package."""

"""Physics as pure functions: NumPy in, NumPy out, SI throughout, no state.

No files either, but for tables of constants that ship with the package.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Array of floats, the only array type of this package."""

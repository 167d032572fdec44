"""Cost relations: drilling by length and type of well.

Sources
-------
Akindipe, D. & Witter, E. (2025), 2025 geothermal drilling cost curves update, 50th Stanford
Geothermal Workshop (baseline curves).
DOE (2019), GeoVision, p. 163 (intermediate and ideal curves).
All as coded in GEOPHIRES-X (NREL, MIT licence), read in its source. The
baseline of before 2025 is printed with 822.15 and with 882.15 as the linear term of deviated small
wells and is left out.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import require

DRILLING: Mapping[str, tuple[float, float, float]] = {
    "vertical_small": (0.258496, 357.967, 738531.58),
    "deviated_small": (0.240624, 646.1621, 503625.06),
    "vertical_large": (0.248458, 935.8985, 626586.68),
    "deviated_large": (0.217333, 1362.93, 301066.16),
    "vertical_small_intermediate1": (0.13710, 129.61033, 1205587.571),
    "vertical_small_intermediate2": (0.00804, 455.60507, 921007.6868),
    "deviated_small_intermediate1": (0.15340, 120.317, 1431801.544),
    "deviated_small_intermediate2": (0.00854, 506.08357, 1057330.39),
    "vertical_large_intermediate1": (0.18927, 293.45174, 1326526.313),
    "vertical_large_intermediate2": (0.00315, 782.69676, 983620.2527),
    "deviated_large_intermediate1": (0.19950, 296.13011, 1697867.709),
    "deviated_large_intermediate2": (0.00380, 838.90249, 1181947.044),
    "vertical_small_ideal": (0.00252, 439.44503, 590611.9011),
    "deviated_small_ideal": (0.00719, 455.85233, 753377.7308),
    "vertical_large_ideal": (-0.00240, 752.93946, 524337.6538),
    "deviated_large_ideal": (0.00376, 762.52696, 765103.0769),
}
"""Coefficients of degree 2, 1, 0 in the drilled length in m, for a cost in US dollars."""


def drilling_cost(length: ArrayLike, well: str) -> Array:
    """Cost of drilling and completing one well.

    Parameters
    ----------
    length : array_like, shape (...)
        Drilled length [m], 500 to 7000.
    well : str
        One of `DRILLING`: direction, diameter and, but for the baseline of 2025, the stage of
        technology.

    Returns
    -------
    ndarray, shape (...)
        Cost [US dollars], without the indirect cost, for which peers add 5 %.

    Raises
    ------
    ValueError
        If the well is unknown or the length lies outside the curves.

    Examples
    --------
    >>> round(float(drilling_cost(3000.0, "vertical_small")) / 1e6, 3)
    4.139
    """
    if well not in DRILLING:
        raise ValueError(f"well: got {well!r}; give {', '.join(DRILLING)}")
    L = np.asarray(length, dtype=float)
    require((L >= 500) & (L <= 7000), "length", L, "lengths of 500 to 7000 m")
    return np.asarray(np.polyval(DRILLING[well], L))

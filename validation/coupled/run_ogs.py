"""Run the coupled case in OpenGeoSys on two meshes and with two lengths of steps.

``python -m validation.coupled.run_ogs`` writes `validation/coupled/ogs.json`; it takes about
ten minutes on one core. `mesh_change` is the greatest change from the coarser mesh to the finer,
`step_change` that of the coarser mesh when all its steps are halved, and `best` the finer mesh with
twice that change added, what the first-order error of its steps amounts to.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import brentq

from benchmarks import _peer
from comine.physics import Array
from validation.coupled.case import CASE, REPORT_YEARS, STEPS, YEAR

PACKAGES = ("ogs==6.5.9", "gmsh==4.13.0")
SCRIPT = "validation/coupled/ogs_model.py"
RESULT = Path(__file__).parent / "ogs.json"
DAY = 86400.0
MESHES = {"coarse": (1.0, 8), "fine": (0.75, 16)}
"""Size of elements at the fracture [m] and layers along y, a multiple of four."""
EVERY = 8
"""Steps between outputs; the numbers of `STEPS` are multiples of it."""
LIMIT = 3000.0


def step_lengths() -> Array:
    """Lengths of all steps [s]."""
    powers = np.arange(STEPS[0])
    ratio = brentq(lambda r: DAY * np.sum(r**powers) - YEAR, 1.0, 2.0)
    stretches = [DAY * ratio**powers]
    for count, (begin, end) in zip(STEPS[1:], pairwise(REPORT_YEARS), strict=True):
        stretches.append(np.full(count, (end - begin) * YEAR / count))
    return np.concatenate(stretches)


def solve(size: float, layers: int, parts: int) -> dict[str, Any]:
    """One run with every step cut into equal parts."""
    folder = _peer.kept(PACKAGES)
    lengths = np.repeat(step_lengths() / parts, parts)
    given = {
        "case": CASE,
        "size": size,
        "layers": layers,
        "lengths": lengths.tolist(),
        "every": EVERY * parts,
        "report": (parts * np.cumsum(STEPS)).tolist(),
    }
    found = _peer.run(folder, SCRIPT, given, {"OMP_NUM_THREADS": "1"}, LIMIT) if folder else None
    if found is None:
        sys.exit("OpenGeoSys does not run here")
    return found


def change(one: dict[str, Any], other: dict[str, Any]) -> dict[str, float]:
    """Greatest difference of temperatures [K], and of heat flows over their own size."""
    kelvin, share = 0.0, 0.0
    for a, b in zip(one["found"], other["found"], strict=True):
        for name in a:
            off = np.abs(np.subtract(a[name], b[name]))
            if "celsius" in name:
                kelvin = max(kelvin, float(off.max()))
            else:
                share = max(share, float(np.max(off / np.abs(a[name]))))
    return {"kelvin": round(kelvin, 4), "share_of_heat": round(share, 5)}


def extrapolated(
    fine: dict[str, Any], coarse: dict[str, Any], halved: dict[str, Any]
) -> list[dict[str, Any]]:
    """The finer mesh less the first-order error of the steps, as the coarser mesh shows it."""
    found = []
    for best, whole, half in zip(*(run["found"] for run in (fine, coarse, halved)), strict=True):
        found.append(
            {
                name: (best[name] + 2.0 * np.subtract(half[name], whole[name])).tolist()
                for name in best
            }
        )
    return found


def rounded(value: Any) -> Any:
    """Numbers with as many digits as they are worth."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def main() -> None:
    """Run all and write the file."""
    coarse, fine = (solve(*MESHES[name], 1) for name in ("coarse", "fine"))
    halved = solve(*MESHES["coarse"], 2)
    result = {
        "code": "OpenGeoSys 6.5.9, process HT, meshes by Gmsh 4.13.0",
        "case": CASE,
        "years": REPORT_YEARS,
        "mesh_change": change(fine, coarse),
        "step_change": change(halved, coarse),
        "best": extrapolated(fine, coarse, halved),
        "fine": fine,
        "coarse": coarse,
        "coarse_half_steps": halved,
    }
    RESULT.write_text(json.dumps(rounded(result), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

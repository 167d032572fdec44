"""EPANET as a peer, through WNTR in an environment of its own.

The benchmark installs WNTR below the user's cache folder when it first runs (WNTR is no dependency
of comine). As a script, in that environment, the file reads a network from its standard input and
writes flows and times. Pressures in Pa stand for heads in m.
"""

import contextlib
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

WNTR = ("wntr==1.5.0", "six==1.17.0", "setuptools<81")
MINOR = 1e-4
"""Head over the square of the flow of a pipe with loss coefficient 1 [s²/m⁵]."""
DIAMETER = (8.0 / (9.81 * math.pi**2 * MINOR)) ** 0.25
REPEATS = 3


def environment() -> Path | None:
    """Python of an environment with WNTR, made when it is missing; None where it cannot be."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "comine-benchmarks" / WNTR[0].replace("==", "-")
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        venv.create(folder, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *WNTR]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.stderr.write(f"EPANET cannot be installed:\n{done.stderr[-2000:]}\n")
            return None
        ready.touch()
    return python


def solved(network: dict[str, Any]) -> dict[str, Any] | None:
    """Flows by EPANET and its times [s], or None where it cannot be installed."""
    python = environment()
    if python is None:
        return None
    done = subprocess.run(
        [str(python), __file__],
        input=json.dumps(network),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def model(network: dict[str, Any]) -> Any:
    """WNTR's model of a network: losses as minor losses of wide pipes, fans as pumps."""
    import wntr  # noqa: PLC0415  in the peer's environment alone

    water = wntr.network.WaterNetworkModel()
    hydraulic = water.options.hydraulic
    hydraulic.inpfile_units, hydraulic.accuracy, hydraulic.trials = "CMH", 1e-5, 500
    water.options.time.duration = 0
    rows = list(
        zip(network["starts"], network["ends"], network["resistance"], network["fan"], strict=True)
    )
    for node in sorted({name for row in rows for name in row[:2]}):
        if node in network["pressure"]:
            water.add_reservoir(f"n{node}", base_head=network["pressure"][node])
        else:
            water.add_junction(f"n{node}", base_demand=-network["inflow"].get(node, 0.0))
    for i, (start, end, resistance, fan) in enumerate(rows):
        first = f"n{start}"
        if any(fan):
            first = f"behind{i}"
            water.add_junction(first)
            water.add_curve(f"c{i}", "HEAD", falling_points(*fan))
            water.add_pump(f"p{i}", f"n{start}", first, "HEAD", f"c{i}")
        water.add_pipe(
            f"b{i}", first, f"n{end}", length=0.01, diameter=DIAMETER, roughness=1e4,
            minor_loss=resistance / MINOR,
        )  # fmt: skip
    return water


def falling_points(a0: float, a1: float, a2: float, count: int = 200) -> list[tuple[float, float]]:
    """Points of a fan's curve; EPANET wants it to fall, so nearly level up to the peak."""
    peak = max(-a1 / (2.0 * a2), 0.0)
    top = a0 + a1 * peak + a2 * peak**2
    end = (-a1 - math.sqrt(a1**2 - 4.0 * a2 * a0)) / (2.0 * a2)
    points = [(0.0, top + 0.01)] if peak > 0.0 else []
    for k in range(count + 1):
        flow = peak + (end - peak) * k / count
        points.append((flow, a0 + a1 * flow + a2 * flow**2))
    return points


def run() -> dict[str, Any]:
    """Read a network, solve it through WNTR and by the engine alone, and time both."""
    import wntr  # noqa: PLC0415  in the peer's environment alone
    from wntr.epanet.toolkit import ENepanet  # noqa: PLC0415

    network = json.loads(sys.stdin.read())
    water = model(network)
    whole, engine = [], []
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for _ in range(REPEATS):
            begun = time.perf_counter()
            results = wntr.sim.EpanetSimulator(water).run_sim()
            whole.append(time.perf_counter() - begun)
        wntr.network.write_inpfile(water, "net.inp")
        for _ in range(REPEATS):
            alone = ENepanet()
            alone.ENopen("net.inp", "net.rpt", "net.bin")
            begun = time.perf_counter()
            alone.ENopenH()
            alone.ENinitH(0)
            alone.ENrunH()
            engine.append(time.perf_counter() - begun)
            alone.ENcloseH()
            alone.ENclose()
    flows = results.link["flowrate"].iloc[0]
    return {
        "flow": [float(flows[f"b{i}"]) for i in range(len(network["starts"]))],
        "through_wntr_s": min(whole),
        "engine_s": min(engine),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run()) + "\n")

"""The fracture between two wells in open-DARTS, as a process of its own.

It runs in an environment with open-DARTS (licence GPL-3.0-or-later, hence never imported by
comine), reads the problem of `benchmarks._fracture` as JSON from its input and writes one line of
JSON. A layer of cells before the rock is the half fracture; the rock is as good as tight.
Properties are constant, the depth of all cells is one, so that no buoyancy disturbs.
"""

import json
import resource
import sys
import tempfile
import time
from typing import Any

import numpy as np
from darts.engines import redirect_darts_output, well_control_iface
from darts.models.darts_model import DartsModel
from darts.physics.base.physics import PhysicsBase
from darts.physics.base.property_container import PropertyContainer
from darts.physics.properties.basic import ConstFunc, PhaseRelPerm
from darts.physics.properties.density import DensityBasic
from darts.physics.properties.enthalpy import EnthalpyBasic
from darts.physics.properties.flash import SinglePhase
from darts.reservoirs.struct_reservoir import StructReservoir

DAY = 86400.0
MOLAR = 18.015
ZERO = 273.15
PRESSURE = 100.0
VISCOSITY = 0.3
"""Pressure at the outlet [bar] and viscosity of the water [cP]."""
TIGHT, POROSITY = 1e-8, 1e-4
"""Permeability [mD] and porosity of the rock; a pressure equation needs some of each."""
MILLIDARCY = 9.869233e-16
WELL_INDEX = 1e6


class Model(DartsModel):
    """Injector along one edge of the fracture, producer along the other."""

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__()
        self.given, self.verbose = given, 0
        self._rock()
        self._fluid()

    def _rock(self) -> None:
        given = self.given
        x, y, z = (np.diff(given[axis]) for axis in "xyz")
        y = np.concatenate([[given["half_aperture"]], y])
        shape = len(x), len(y), len(z)
        permeability = np.full(shape, TIGHT)
        permeability[:, 0] = (2.0 * y[0]) ** 2 / 12.0 / MILLIDARCY
        porosity = np.full(shape, POROSITY)
        porosity[:, 0] = 1.0
        water = given["water_capacity"]
        solid = (given["capacity"] - POROSITY * water) / (1.0 - POROSITY)
        self.reservoir = StructReservoir(
            self.timer, *shape,
            dx=np.broadcast_to(x[:, None, None], shape).copy(),
            dy=np.broadcast_to(y[:, None], shape).copy(),
            dz=np.broadcast_to(z, shape).copy(),
            permx=permeability, permy=permeability, permz=permeability, poro=porosity,
            depth=np.full(np.prod(shape), 1000.0),
            rcond=given["conductivity"] * DAY / 1e3, hcap=solid / 1e3,
        )  # fmt: skip

    def _fluid(self) -> None:
        given = self.given
        density = given["density"]
        specific = given["water_capacity"] / density
        phase = "water"
        found = PropertyContainer([phase], ["H2O"], [MOLAR], rock_comp=0.0)
        found.flash_ev = SinglePhase(1)
        found.density_ev = {phase: DensityBasic(density, 1e-6, PRESSURE)}
        found.viscosity_ev = {phase: ConstFunc(VISCOSITY)}
        found.rel_perm_ev = {phase: PhaseRelPerm("wat", n=1.0)}
        found.enthalpy_ev = {phase: EnthalpyBasic(ZERO, specific * MOLAR / 1e3)}
        found.conductivity_ev = {phase: ConstFunc(given["conductivity"] * DAY / 1e3)}
        self.physics = PhysicsBase(
            ["H2O"], [phase], self.timer, [10.0, 10.0],
            state_spec=PhysicsBase.StateSpecification.PT,
        )  # fmt: skip
        self.physics.add_property_region(found)

    def set_wells(self, verbose: object = None) -> None:
        nx, _, nz = (len(self.given[axis]) - 1 for axis in "xyz")
        for name, column in (("in", 1), ("out", nx)):
            self.reservoir.add_well(name)
            for k in range(1, nz + 1):
                self.reservoir.add_perforation(
                    name, (column, 1, k), well_index=WELL_INDEX, well_indexD=0.0
                )

    def set_initial_conditions(self) -> None:
        warm = {"pressure": PRESSURE, "temperature": ZERO + self.given["rock_celsius"]}
        self.physics.set_initial_conditions_from_array(self.reservoir.mesh, warm)

    def set_well_controls(self) -> None:
        into, out = self.reservoir.wells
        self.physics.set_well_controls(
            into.control, well_control_iface.MASS_RATE, True,
            target=self.given["mass_flow"] * DAY, phase_name="water", inj_composition=[],
            inj_temp=ZERO + self.given["inlet_celsius"],
        )  # fmt: skip
        self.physics.set_well_controls(out.control, well_control_iface.BHP, False, target=PRESSURE)

    def outlet(self) -> float:
        """Mean temperature of the fracture's last cells [degC]."""
        nx, ny, nz = (len(self.given[axis]) - 1 for axis in "xyz")
        unknowns = np.array(self.physics.engine.X, copy=False)[: 2 * nx * (ny + 1) * nz]
        temperature = unknowns.reshape(nz, ny + 1, nx, 2)[..., 1]
        return float(np.average(temperature[:, 0, -1], weights=np.diff(self.given["z"])) - ZERO)


def main() -> None:
    """Solve and write the line."""
    given = json.load(sys.stdin)
    lengths = np.diff([0.0, *given["times"]]) / DAY
    with tempfile.TemporaryDirectory() as folder:
        redirect_darts_output(f"{folder}/run.log")
        begun = time.perf_counter()
        model = Model(given)
        model.init()
        model.set_output(output_folder=folder, save_initial=False)
        clock = [(time.perf_counter(), time.process_time())]
        control = model.ts_control
        control.dt_first, control.dt_mult, control.dt_max = lengths[0], 8.0, lengths.max()
        outlet = []
        for length in lengths.tolist():
            model.run(
                length, restart_dt=length, save_well_data=False, save_well_data_after_run=False,
                save_reservoir_data=False,
            )  # fmt: skip
            clock.append((time.perf_counter(), time.process_time()))
            outlet.append(model.outlet())
    wall, cpu = np.diff(clock, axis=0).T
    stats = model.nonlinear_solver.stats
    line = {
        "prepare_s": clock[0][0] - begun,
        "step_s": wall.tolist(),
        "step_cpu_s": cpu.tolist(),
        "outlet_celsius": outlet,
        "newton": int(stats.n_newton_total),
        "linear": int(stats.n_linear_total),
        "memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
    }
    sys.stdout.write("\n" + json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

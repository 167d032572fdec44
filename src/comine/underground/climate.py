"""Air along an airway whose walls remember: heat, moisture and pressure over all months at once.

The air passes an airway in minutes while its wall changes over months, so each piece of an airway
is solved for the whole history before the next one (`comine.underground.piece`).
"""

import numpy as np

from comine.physics import Array
from comine.physics.airway import atkinson_resistance, film_coefficient, pressure_drop
from comine.underground.airflow import Air, Heats, Passage, Sources, Wall
from comine.underground.openings import Branch
from comine.underground.piece import Film, Piece, finished, first_guess, next_guess, settled


def march(
    branch: Branch,
    air: Air,
    flow: Array,
    wall: Wall,
    depths: tuple[float, float],
    sources: Sources,
    radiation: float,
) -> Passage:
    """Lead air through a branch.

    Parameters
    ----------
    branch : Branch
        The airway; its `count` equal openings share the flow.
    air : Air
        At the start.
    flow : (n,) array
        Dry air through all the parallel openings. [kg/s]
    wall : Wall
        Rock behind it; the number of its pieces sets the steps.
    depths : (start, end)
        Of its ends. [m]
    sources : Sources
        For all the parallel openings.
    radiation : float
        Radiative part of the film coefficient. [W/m²/K]

    Returns
    -------
    Passage

    Raises
    ------
    ConvergenceError
        If a piece does not settle.

    Notes
    -----
    Second order in the length of the pieces. The film coefficient is that at the start.
    """
    pieces = wall.far.shape[0]
    single = flow / branch.count
    convective = film_coefficient(
        branch.friction, single, branch.area, branch.perimeter, air.temperature
    )
    film = Film(convective, convective + radiation)
    resistance = atkinson_resistance(branch.friction, branch.length, branch.perimeter, branch.area)
    surface = branch.perimeter * branch.length * branch.count / pieces
    guess = first_guess(air)
    heats, walls, losses = Heats.none(flow.size), [], np.zeros(flow.size)
    for far in wall.far:
        piece = Piece(
            name=branch.name,
            dry=(1 - branch.wetness) * surface,
            wet=branch.wetness * surface,
            flow=flow,
            pull=wall.response @ far,
            response=wall.response,
            film=film,
            fall=(depths[1] - depths[0]) / pieces,
            drag=pressure_drop(resistance / pieces, single, 1.0),
            sources=sources.shared(pieces),
        )
        state = settled(piece, air, guess)
        end, taken, surface_temperature = finished(piece, air, state)
        heats = heats + taken
        walls.append(surface_temperature)
        losses = losses + state.loss
        guess, air = next_guess(air, state, end), end
    return Passage(air, heats, np.mean(walls, axis=0), losses)

"""Air in airways through the months: its state, what is given to it, what it takes up."""

from dataclasses import dataclass

import numpy as np

from comine.physics import Array
from comine.physics.air import enthalpy, wet_bulb


@dataclass(frozen=True)
class Air:
    """Air at one place through the months: (n,) each."""

    temperature: Array
    humidity: Array
    """Vapour per dry air [kg/kg]."""
    pressure: Array

    @property
    def enthalpy(self) -> Array:
        """Enthalpy per dry air [J/kg]."""
        return enthalpy(self.temperature, self.humidity)

    @property
    def wet_bulb(self) -> Array:
        """Wet bulb [K]."""
        return wet_bulb(self.temperature, self.humidity, self.pressure)


@dataclass(frozen=True)
class Wall:
    """Rock behind an airway over the months that it is open."""

    response: Array
    """Response matrix, (n, n) [W/m²/K]."""
    far: Array
    """Rock temperature that the airway would meet undisturbed, (pieces, n) [K]."""


@dataclass(frozen=True)
class Sources:
    """Heat and water given to the air of a whole branch through the months: (n,) each, or 0."""

    machines: Array
    """Sensible and latent heat of machines [W]."""
    exhaust: Array
    """Water in diesel exhaust [kg/s]."""
    broken_rock: Array
    """Heat of broken ore [W]."""
    water: Array
    """Heat of fissure water [W]."""

    @classmethod
    def none(cls, months: int) -> "Sources":
        """No heat and no water."""
        return cls(*(np.zeros(months) for _ in range(4)))

    def shared(self, parts: int) -> "Sources":
        """The share of one of `parts` equal pieces."""
        return Sources(
            self.machines / parts,
            self.exhaust / parts,
            self.broken_rock / parts,
            self.water / parts,
        )


@dataclass(frozen=True)
class Heats:
    """What the air of a branch took up through the months, by origin: (n,) [W]."""

    strata: Array
    compression: Array
    machines: Array
    broken_rock: Array
    water: Array
    """Fissure water, and the enthalpy of water evaporated less condensed."""

    def __add__(self, other: "Heats") -> "Heats":
        return Heats(*(a + b for a, b in zip(self.fields, other.fields, strict=True)))

    @property
    def fields(self) -> tuple[Array, ...]:
        """All five, in order."""
        return self.strata, self.compression, self.machines, self.broken_rock, self.water

    @property
    def total(self) -> Array:
        """Their sum."""
        return np.asarray(np.sum(self.fields, axis=0))

    @classmethod
    def none(cls, months: int) -> "Heats":
        """No heat."""
        return cls(*(np.zeros(months) for _ in range(5)))


@dataclass(frozen=True)
class Passage:
    """Result of a branch: air at its end, heats taken up, wall temperature, friction loss (n,)."""

    air: Air
    heats: Heats
    wall_temperature: Array
    loss: Array
    """Pressure lost to friction [Pa]."""

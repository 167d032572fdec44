"""One coupled case, fracture with borehole and airway in layered rock, for a second code."""

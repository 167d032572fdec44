"""Rock, openings and the fluids in them, joined: what physics and models make together."""

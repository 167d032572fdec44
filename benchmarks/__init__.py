"""Run times; each module ends with one line of JSON."""

"""Air and climate in balance in a generated mine of about 1,000 branches.

``python -m benchmarks.climate_1000`` ends with one line of JSON; ``error`` is the residual of the
energy account over the heat of the rock. No peer publishes the same.
"""

from benchmarks._climate_mine import report

if __name__ == "__main__":
    report("climate_1000", levels=6, stopes=54)

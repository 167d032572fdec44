"""Thirty years of conduction around a cold plane: time, memory bandwidth used, growth with cells.

``python -m benchmarks.rock_conduction`` cools rock from a face held at 40 K below it, in 54 implicit
solves (27 steps of second order, evenly spaced in the root of time), with 200,704 and 1,064,960
cells, against the exact half-space. Bandwidth is measured in the same run by a copy with
addition over arrays beyond all caches. It ends with one line of JSON; ``--large`` adds 8 million cells.
"""

import json
import resource
import sys
import time
from collections.abc import Callable

import numba
import numpy as np
from scipy.special import erf

from comine.numerics import Array, _kernels
from comine.numerics.compiled import threads
from comine.numerics.conduction import Conduction, Sides, fixed
from comine.numerics.grid import Grid
from comine.numerics.krylov import ConjugateGradients
from comine.numerics.state import Control, State
from comine.numerics.stepping import advance, march

YEAR = 365.25 * 86400.0
CONDUCTIVITY, CAPACITY = 3.0, 2.2525e6
STEPS = 27
THREADS = min(2, numba.config.NUMBA_NUM_THREADS)
SHAPES = ((64, 28, 112), (128, 65, 128))

"""What a solver prints stays off the screen; what a command prints stays on it."""

import ctypes
import os
import sys

import numpy as np
import pytest
import scipy.optimize
from scipy.optimize import Bounds, LinearConstraint

from sozialraum.disclosure import attack, complement
from sozialraum.stats.solver import solve, without_output

TASK = {
    "bounds": Bounds([0.0, 0.0], [3.0, 3.0]),
    "constraints": [LinearConstraint(np.array([[1.0, 1.0]]), 3.5, np.inf)],
}


def printing(*args, real=scipy.optimize.milp, **kwargs):
    """Solve as HiGHS does on a bad day: a line at once, and one that the C library keeps for later."""
    os.write(1, b"at once\n")
    ctypes.CDLL(None).puts(b"kept for later")
    return real(*args, **kwargs)


@pytest.mark.skipif(os.name == "nt", reason="the test calls the C library by its POSIX name")
def test_nothing_that_the_solver_prints_comes_out(monkeypatch, capfd):
    monkeypatch.setattr(scipy.optimize, "milp", printing)
    sys.stdout.write("before\n")
    whole = solve(np.array([1.0, 2.0]), integrality=np.ones(2, dtype=int), nodes=100, **TASK)
    part = solve(np.array([1.0, 2.0]), **TASK)
    ctypes.CDLL(None).fflush(None)
    sys.stdout.write("after\n")
    assert capfd.readouterr().out == "before\nafter\n"
    assert whole.x.tolist() == [3.0, 1.0]
    assert part.x.tolist() == [3.0, 0.5]


def test_the_screen_comes_back_after_an_error(capfd):
    def fail():
        with without_output():
            os.write(1, b"lost\n")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    os.write(1, b"seen\n")
    assert capfd.readouterr().out == "seen\n"


def test_a_program_without_standard_output_solves_all_the_same(monkeypatch):
    def closed(_):
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(os, "dup", closed)
    monkeypatch.setattr("sys.stdout", None)
    assert solve(np.array([1.0, 2.0]), **TASK).x.tolist() == [3.0, 0.5]


def test_confidentiality_asks_no_solver_of_its_own():
    assert attack.solve is solve
    assert complement.solve is solve
    assert not hasattr(attack, "milp")

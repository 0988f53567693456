"""What a solver prints stays off the screen; what a command prints stays on it."""

import ctypes
import os
import sys
import threading
import time

import numpy as np
import pytest
import scipy.optimize
from scipy.optimize import Bounds, LinearConstraint

from sozialraum.disclosure import attack, complement
from sozialraum.stats.solver import each_alone, solve, without_output

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


@pytest.mark.skipif(os.name == "nt", reason="the test calls the C library by its POSIX name")
def test_side_by_side_nothing_comes_out_either_and_the_screen_comes_back(monkeypatch, capfd):
    monkeypatch.setattr(scipy.optimize, "milp", printing)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    costs = [np.array([1.0, 1.0 + number]) for number in range(1, 25)]
    found = each_alone(lambda cost: solve(cost, **TASK).x.tolist(), costs)
    ctypes.CDLL(None).fflush(None)
    os.write(1, b"after\n")
    assert capfd.readouterr().out == "after\n"
    assert found == [[3.0, 0.5]] * len(costs)


def test_two_who_want_silence_leave_the_screen_to_nobody_until_both_are_done(capfd):
    begun, go_on = threading.Event(), threading.Event()

    def first():
        with without_output():
            begun.set()
            go_on.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    begun.wait(10)
    with without_output():
        os.write(1, b"both\n")
    os.write(1, b"one is left\n")
    go_on.set()
    thread.join()
    os.write(1, b"seen\n")
    assert capfd.readouterr().out == "seen\n"


def test_what_is_found_is_in_the_order_of_the_tasks(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 4)

    def work(number):
        time.sleep(0.002 * (20 - number))
        return number, threading.get_ident()

    found = each_alone(work, range(20))
    assert [number for number, _ in found] == list(range(20))
    assert len({thread for _, thread in found}) > 1
    assert each_alone(work, []) == []
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert {thread for _, thread in each_alone(work, range(3))} == {threading.get_ident()}


def test_an_error_in_one_task_is_told_and_the_rest_is_not_begun(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    begun = []

    def work(number):
        begun.append(number)
        time.sleep(0.01)
        return 1 / (number - 1)

    with pytest.raises(ZeroDivisionError):
        each_alone(work, range(200))
    assert len(begun) < 200


def test_confidentiality_asks_no_solver_of_its_own():
    assert attack.solve is solve
    assert complement.solve is solve
    assert not hasattr(attack, "milp")

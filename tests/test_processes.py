"""A second process finds what the first would have found, and is gone when nobody waits for it."""

import os
import subprocess
import sys
import threading

import pytest

from sozialraum import processes
from sozialraum.processes import ALONE, beside


def told(code, **environment):
    """Run a program of its own: a test has threads beside it, a program has none."""
    names = {name: value for name, value in os.environ.items() if name != ALONE}
    lines = "import os, sys, time, threading\nfrom sozialraum.processes import beside, standing_by\n"
    done = subprocess.run(
        [sys.executable, "-c", lines + code],
        env=names | environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


WHO = "with beside(os.getpid) as found:\n    print(found() == os.getpid())"
two = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="needs Linux and two processors"
)


@pytest.mark.slow
@two
def test_the_work_is_done_elsewhere_and_its_answer_comes_back():
    assert told(WHO) == ["False"]
    assert told("with beside(lambda: list(range(10**6))) as found:\n    print(sum(found()))") == [
        "499999500000"
    ]


@pytest.mark.slow
def test_alone_it_is_done_here():
    assert told(WHO, **{ALONE: "1"}) == ["True"]
    assert told(WHO.replace("getpid)", "getpid, worth=False)")) == ["True"]
    busy = "threading.Thread(target=time.sleep, args=(1,)).start()\n"
    assert told(busy + WHO) == ["True"]


def test_a_thread_of_a_notebook_keeps_it_here(monkeypatch):
    monkeypatch.delenv(ALONE, raising=False)
    answers = []

    def work():
        with beside(os.getpid) as found:
            answers.append(found())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert answers == [os.getpid()]


def test_an_error_is_met_where_the_answer_is_asked_for():
    code = (
        "def work():\n    raise KeyError(os.getpid())\n"
        "with beside(work) as found:\n    print('on')\n    try:\n        found()\n"
        "    except KeyError as error:\n        print(error.args[0] == os.getpid())"
    )
    assert told(code) == ["on", "True"]


@pytest.mark.parametrize("content", [b"", b"\0" * 7 + b"\5" + b"\x80"])
def test_half_an_answer_is_none(content):
    assert processes._read(content, lambda: "again") == "again"


def test_what_cannot_be_carried_over_is_made_here():
    assert told("with beside(lambda: (lambda: 5)) as found:\n    print(found()())") == ["5"]


@two
def test_leaving_early_stops_the_work(tmp_path):
    code = (
        "def work():\n    time.sleep(60)\n    open('done', 'w')\n"
        "try:\n    with beside(work):\n        raise ValueError\nexcept ValueError:\n    print('left')\n"
        "try:\n    os.waitpid(-1, 0)\nexcept ChildProcessError:\n    print('nobody')"
    )
    assert told(f"os.chdir({str(tmp_path)!r})\n{code}") == ["left", "nobody"]
    assert not (tmp_path / "done").exists()


def test_who_is_asked_how_many_processors_there_are(monkeypatch):
    monkeypatch.delenv(ALONE, raising=False)
    monkeypatch.setattr(processes.os, "sched_getaffinity", lambda _: {0}, raising=False)
    with beside(os.getpid) as found:
        assert found() == os.getpid()


@two
def test_a_copy_that_stands_still_is_not_waited_for():
    code = (
        "from sozialraum import processes\nprocesses.LEAST_PATIENCE = 0.2\nme = os.getpid()\n"
        "def work():\n    while os.getpid() != me:\n        time.sleep(1)\n    return 7\n"
        "with beside(work) as found:\n    print(found())\n"
    )
    assert told(code) == ["7"]


@two
def test_an_answer_larger_than_a_pipe_comes_back_while_it_is_written():
    code = "with beside(lambda: 'x' * 10**7) as found:\n    time.sleep(0.2)\n    print(len(found()))"
    assert told(code) == ["10000000"]


GIVEN = "with standing_by(lambda: (lambda given: (os.getpid(), given))) as hand_over:\n"


@pytest.mark.slow
@two
def test_a_copy_that_stands_by_works_with_what_it_is_given_later():
    assert told(f"{GIVEN}    who, given = hand_over('x')()\n    print(who == os.getpid(), given)") == [
        "False",
        "x",
    ]
    large = f"{GIVEN}    print(len(hand_over('x' * 10**7)()[1]))"
    assert told(large) == ["10000000"]


def test_alone_what_stands_by_is_done_here():
    code = f"{GIVEN}    who, given = hand_over('x')()\n    print(who == os.getpid(), given)"
    assert told(code, **{ALONE: "1"}) == ["True", "x"]


@pytest.mark.slow
@two
@pytest.mark.parametrize("fault", ["raise KeyError", "os._exit(3)", "time.sleep(99)"])
def test_who_cannot_get_ready_leaves_the_work_to_the_first(fault):
    code = (
        "from sozialraum import processes\nprocesses.LEAST_PATIENCE = 0.5\nme = os.getpid()\n"
        f"def ready():\n    if os.getpid() != me:\n        {fault}\n    return len\n"
        "with standing_by(ready) as hand_over:\n    print(hand_over('x' * 10**6)())\n"
    )
    assert told(code) == ["1000000"]


@two
def test_nobody_is_left_who_was_given_nothing():
    code = f"{GIVEN}    pass\ntry:\n    os.waitpid(-1, 0)\nexcept ChildProcessError:\n    print('nobody')"
    assert told(code) == ["nobody"]

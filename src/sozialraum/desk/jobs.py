"""One job at a time, in a process of its own: it can be cancelled, and its end cannot end the page."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

__all__ = ["Job", "Jobs"]

MOST_MESSAGES = 500
"""Messages of a job that are kept; `check-report.csv` has them all."""


@dataclass
class Job:
    """How far a job is, as the page is told."""

    number: int
    kind: str
    end: str | None = None
    """``"done"``, ``"problems"``, ``"cancelled"``, ``"failed"``; None while it runs."""
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Name and part of 1 of each step, in their order."""
    messages: list[dict[str, str]] = field(default_factory=list)
    folder: str | None = None
    files: list[str] = field(default_factory=list)
    project: str | None = None
    """The project file that the job made."""
    trace: str = ""
    """Last lines of what a failed job printed: a mistake of ours."""


class Jobs:
    """The jobs of one page: the newest, and the folders that earlier ones wrote."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._cancelled = False
        self.folders: dict[int, Path] = {}
        """Folder of results by number of the job: what the server may hand out."""
        self.newest: Job | None = None

    def start(self, order: dict[str, Any]) -> Job | None:
        """Start a job; None if another one still runs.

        Parameters
        ----------
        order
            See `work.do`.
        """
        with self._lock:
            if self.newest is not None and self.newest.end is None:
                return None
            job = Job(number=(self.newest.number if self.newest else 0) + 1, kind=order["kind"])
            printed = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - the thread closes it
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sozialraum.desk.work"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=printed,
                text=True,
                encoding="utf-8",
            )
            self.newest, self._cancelled = job, False
            threading.Thread(
                target=self._follow, args=(self._process, job, json.dumps(order), printed), daemon=True
            ).start()
            return job

    def cancel(self) -> None:
        """Stop the job that runs; what was written before it stays whole."""
        with self._lock:
            process = self._process
            if process is None or process.poll() is not None:
                return
            self._cancelled = True
        if sys.platform == "win32":
            process.terminate()
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()

    def _follow(self, process: subprocess.Popen[str], job: Job, order: str, printed: IO[str]) -> None:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        end = None
        try:
            process.stdin.write(order)
            process.stdin.close()
            for line in process.stdout:
                end = self._take(job, json.loads(line)) or end
        except (OSError, ValueError):
            process.kill()
        process.wait()
        process.stdout.close()
        with printed:
            printed.seek(0)
            told = printed.read().splitlines()[-12:]
        if self._cancelled and end != "done":
            end = "cancelled"
        if end is None:
            end, job.trace = "failed", "\n".join(told)
        job.end = end

    def _take(self, job: Job, line: dict[str, Any]) -> str | None:
        if "step" in line:
            job.steps[line["step"]] = {"name": line["name"], "part": line["part"]}
        elif "message" in line and len(job.messages) < MOST_MESSAGES:
            job.messages.append({key: line[key] for key in ("message", "severity", "name")})
        elif "folder" in line:
            job.folder, job.files = line["folder"], line["files"]
            self.folders[job.number] = Path(line["folder"])
        elif "project" in line:
            job.project = line["project"]
        return line.get("end")

"""A HAPI FHIR JPA server as long as the tests last, built with Maven when its sources are newer."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import maven
from maven import Program

_HERE = Path(__file__).parent / "hapi"
BUILD = _HERE.parents[2] / "build" / "hapi"
_HAPI = Program(source=_HERE, build=BUILD)


def missing() -> str:
    """What this machine lacks to run HAPI, in words; empty when nothing is."""
    return maven.missing()


def java(main: str, *arguments: str) -> list[str]:
    """The command that runs one of our Java mains; it is built first if need be."""
    # C1 alone: half the time to ready, and no test runs long enough to miss the other compiler
    return [*_HAPI.command(main, "-XX:TieredStopAtLevel=1", "-Xmx2g"), *arguments]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hapi:
    """A server that answers."""

    base: str
    ready: str
    """What it said when it was ready: its address and the time that it took."""
    process: subprocess.Popen

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and answers nothing, as one that is stopped in the middle of its work."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def serving() -> Iterator[Hapi]:
    """HAPI on a free port of this machine, with nothing in it."""
    command = java("Server", "0")
    log = BUILD / "server.log"
    with log.open("w") as errors, _started(command, errors) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("ready "), f"HAPI did not start; see {log}"
            yield Hapi(base=line.split()[1], ready=line.strip(), process=process)
        finally:
            process.kill()


def _started(command: list[str], errors: IO[str]) -> subprocess.Popen:
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)

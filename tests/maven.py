"""Our Java programs: built with Maven when their sources are newer than what was built."""

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_BUILD_SECONDS = 400
"""A first build fetches up to 300 MB of jars."""


def missing() -> str:
    """What this machine lacks to build and run Java, in words; empty when nothing is."""
    lacking = [name for name in ("javac", "mvn") if not shutil.which(name)]
    return f"this needs Java 17 and Maven; missing here: {', '.join(lacking)}" if lacking else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A folder with a pom.xml and src/, and the folder that it is built in."""

    source: Path
    build: Path

    def command(self, main: str, *options: str) -> list[str]:
        """The command that runs one of its mains; it is built first if need be."""
        with _alone(self.build.parent):
            self._made()
        classpath = (self.build / "classpath").read_text(encoding="utf-8")
        return ["java", *options, "-cp", f"{self.build / 'classes'}:{classpath}", f"example.smartapp.{main}"]

    def _made(self) -> None:
        made, pom = self.build / "classpath", self.source / "pom.xml"
        sources = [pom, *(path for path in (self.source / "src").rglob("*") if path.is_file())]
        if made.exists() and made.stat().st_mtime >= max(path.stat().st_mtime for path in sources):
            return
        command = ["mvn", "--quiet", "--batch-mode", "--file", str(pom), "compile"]
        subprocess.run(command, check=True, timeout=_BUILD_SECONDS)
        made.touch()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time: Maven writes where another one would read."""
    folder.mkdir(exist_ok=True)
    with (folder / "maven.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

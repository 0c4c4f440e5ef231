"""Our Java programs: built with Maven when their sources are newer than what was built."""

import shutil
import subprocess
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

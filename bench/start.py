"""A fresh process: how long until the application could answer, and what memory it holds then."""

import subprocess
import sys
import time
from statistics import median

_START = """
from smartapp.app import create_app
from smartapp.config import Config
create_app(Config(database_url="sqlite://"))
"""
_MEMORY = (
    _START
    + """
import re
print(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read()).group(1))
"""
)


def cold_start_s(*, times: int) -> float:
    """The median seconds from starting Python to a finished create_app."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", _START], check=True)  # noqa: S603 - our own words
        taken.append(time.perf_counter() - start)
    return median(taken)


def rss_mb() -> float | None:
    """The resident megabytes of a fresh application; None where the system does not tell."""
    try:
        told = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", _MEMORY], check=True, capture_output=True, text=True
        )
    except subprocess.CalledProcessError:
        return None
    return int(told.stdout) / 1024

"""Both databases: SQLite, and a PostgreSQL server of the tests' own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

_FOLDERS = [*map(Path, os.environ["PATH"].split(os.pathsep)), *Path("/usr/lib/postgresql").glob("*/bin")]


@pytest.fixture(scope="session")
def postgres():
    """The address of an empty PostgreSQL server."""
    folder = next((folder for folder in _FOLDERS if (folder / "initdb").exists()), None)
    if folder is None:
        pytest.skip("no PostgreSQL server on this machine")
    with _running(folder) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """The address of a database, of each kind in turn."""
    return "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres")


@contextmanager
def _running(folder):
    # the server refuses to run as root; Debian's package brings a user for it
    user = "postgres" if os.geteuid() == 0 else None
    data = Path(tempfile.mkdtemp(prefix="smartapp-postgres-"))
    if user:
        os.chown(data, pwd.getpwnam(user).pw_uid, -1)

    def run(program, *arguments):
        command = [folder / program, "-D", data, *arguments]
        subprocess.run(command, user=user, cwd=data, check=True, stdout=subprocess.DEVNULL, timeout=60)

    try:
        run("initdb", "--auth=trust", "--username=smartapp", "--no-sync")
        run("pg_ctl", "-w", "-l", data / "log", "-o", f"-h '' -k {data} -F", "start")
        yield f"postgresql://smartapp@/postgres?host={data}"
        run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(data)

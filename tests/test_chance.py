"""Random bytes that are asked of the system many at a time."""

import subprocess
import sys

from smartapp.chance import random_bytes

_FORKED = """
import os
from smartapp.chance import random_bytes
random_bytes(16)
read, write = os.pipe()
if os.fork() == 0:
    os.write(write, random_bytes(16))
    os._exit(0)
print(os.read(read, 16) == random_bytes(16))
"""


def test_as_many_bytes_are_given_as_were_asked_for_and_none_twice() -> None:
    given = [random_bytes(count) for count in (8, 48, 16, 2000, *(16,) * 100)]

    assert list(map(len, given)) == [8, 48, 16, 2000, *(16,) * 100]
    assert len(set(given)) == len(given)


def test_a_forked_process_gives_other_bytes_than_its_parent() -> None:
    told = subprocess.run([sys.executable, "-c", _FORKED], check=True, capture_output=True, text=True)

    assert told.stdout == "False\n"

"""From bytes to JSON, strictly: no NaN, no Infinity, no more bytes than allowed."""

from typing import Any

import orjson

from smartapp.errors import BadInput, TooLarge

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def parse(data: bytes, *, limit: int) -> Any:
    """The JSON value in these bytes; of a key given twice the last one counts."""
    if len(data) > limit:
        raise TooLarge(f"More than the limit of {_size(limit)} was given.")
    try:
        return orjson.loads(data.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise BadInput(
            f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from None


def _size(limit: int) -> str:
    megabytes = limit / (1024 * 1024)
    return f"{megabytes:g} MB" if megabytes >= 1 else f"{limit} bytes"

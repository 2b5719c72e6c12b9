"""The file `.env`, changed without losing a line that somebody else wrote."""

import os
import re
import tempfile
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Final

from dotenv.parser import Binding, parse_stream

ENV_FILE: Final = Path(".env")
BACKUP: Final = ".env.bak"

_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]*", re.ASCII)
"""Values that mean the same in a file of settings, with or without quotes."""

_BEFORE_NAME: Final = re.compile(r"\s*(?:export[^\S\r\n]+)?")


def read(path: Path) -> str | None:
    """The text with its own line ends; None where there is no file.

    Raises:
        OSError: It cannot be read.
        UnicodeDecodeError: It is not UTF-8.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


def changed(text: str, values: Mapping[str, str]) -> str:
    """`text` with each of `values` set; lines of other names stay as they are.

    Read by the parser that the settings use. A name that stands there twice is set twice: the last
    one counts.

    Args:
        values: By name in capitals; letters, digits, `.`, `_` and `-` only.
    """
    if not all(_PLAIN.fullmatch(value) for value in values.values()):
        raise ValueError("A value needs quotes.")
    end = "\r\n" if "\r\n" in text else "\n"
    lines, named = [], set()
    for binding in parse_stream(StringIO(text)):
        name = (binding.key or "").upper()
        named.add(name)
        lines.append(_set(binding, values[name]) if name in values else binding.original.string)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += end
    lines += [f"{name}={value}{end}" for name, value in values.items() if name not in named]
    return "".join(lines)


def backup(folder: Path) -> Path:
    """Where the file goes that is there now: `.env.bak`, or the first `.env.bak.2` … that is free.

    An earlier one is never written over: it may be the only one with a token that somebody needs.
    """
    name, number = BACKUP, 1
    while os.path.lexists(folder / name):
        number += 1
        name = f"{BACKUP}.{number}"
    return folder / name


def replace(path: Path, text: str) -> None:
    """Writes the file in one step, for its owner alone where the system has modes.

    A link to a file stays one.

    Raises:
        OSError: It cannot be written; what was there is unharmed.
    """
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _set(binding: Binding, value: str) -> str:
    written = binding.original.string
    before = _BEFORE_NAME.match(written)
    end = written[len(written.rstrip("\r\n")) :]
    return f"{before[0] if before else ''}{binding.key}={value}{end}"

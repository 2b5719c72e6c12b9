"""The licences of everything that can be installed with the bot, from the packages themselves."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from typing import Final

from tests.docs.pages import ROOT, rows

SETS: Final = ("core", "cloud", "ibkr", "moomoo", "yahoo", "demo")
"""What an operator may install; `dev` never leaves a developer's machine."""

_LINE: Final = re.compile(r"([A-Za-z0-9._-]+)==")
_SPDX: Final = re.compile(r"[A-Za-z]+-[0-9.]+(?:-Clause)?")
_SPELLING: Final = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache Software License v2": "Apache-2.0",
    "BSD License": "BSD",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}

_BY_ITS_TEXT: Final = {"peewee": "MIT"}
"""Packages whose metadata names no licence; the text of the LICENSE that they bring is this one."""


def runtime_packages() -> dict[str, tuple[str, ...]]:
    """Each locked package with the sets that hold it."""
    found: dict[str, list[str]] = {}
    for name in SETS:
        for line in (ROOT / "requirements" / f"{name}.txt").read_text().splitlines():
            if match := _LINE.match(line):
                found.setdefault(match[1], []).append(name)
    return {name: tuple(sets) for name, sets in sorted(found.items())}


def licence_of(package: str) -> str | None:
    """The licence that the installed package states; None where it is not installed."""
    try:
        told = metadata(package)
    except PackageNotFoundError:
        return None
    field = (told.get("License") or "").strip().partition("\n")[0]
    stated = (
        told.get("License-Expression")
        or (field if _SPDX.fullmatch(field) else "")
        or _classified(told.get_all("Classifier") or [])
        or field
        or _BY_ITS_TEXT.get(package, "not stated")
    )
    return _SPELLING.get(stated, stated)


def _classified(classifiers: list[str]) -> str:
    found = [line.split(" :: ")[-1] for line in classifiers if line.startswith("License :: ")]
    named = [name for name in found if name != "OSI Approved"]
    return " OR ".join(_SPELLING.get(name, name) for name in named)


def licences_table(present: str) -> str:
    """One row a package; what is not installed here keeps the licence that it had."""
    known = {row[0].strip("`"): row[1] for row in rows(present, "Package")}
    lines = ["| Package | Licence | In the sets |", "| --- | --- | --- |"]
    lines += [
        f"| `{name}` | {licence_of(name) or known.get(name, 'not stated')} | {_sets(sets)} |"
        for name, sets in runtime_packages().items()
    ]
    return "\n".join(lines) + "\n"


def stated() -> Iterator[tuple[str, str]]:
    """Each installed runtime package with the licence that it states."""
    for name in runtime_packages():
        licence = licence_of(name)
        if licence is not None:
            yield name, licence


def _sets(sets: tuple[str, ...]) -> str:
    # Every set holds the core: naming the others again would say nothing.
    return "all" if "core" in sets else ", ".join(sets)

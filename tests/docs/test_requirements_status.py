"""docs/requirements-status.md: every requirement once, and nothing claimed that is not there."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pytest

from tests.docs.pages import DOCS, ROOT, code_spans, rows

TEXT: Final = (DOCS / "requirements-status.md").read_text()
DOCUMENTS: Final = {"D0": 48, "D1": 97, "D2": 192, "D3": 168, "D4": 122}
"""How many requirements each design document has; they are numbered from 1."""

STATES: Final = ("met", "in part", "later", "answered")
EVERY: Final = [f"{name}-{n}" for name, last in DOCUMENTS.items() for n in range(1, last + 1)]
MISSING: Final = " Missing: "
CHECKS: Final = "Makefile"
"""Stands for the checks of `make test` that are no pytest."""

_NAMED: Final = re.compile(r"`([^`]+)`::`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a document's table."""

    id: str
    requirement: str
    state: str
    where: str
    shown_by: str


LINES: Final = [Line(*cells) for cells in rows(TEXT, "Id")]


def paths(cell: str) -> list[str]:
    """The files and folders that a cell names, without the names of single tests."""
    return code_spans(_NAMED.sub(r"`\1`", cell))


def is_proof(path: str) -> bool:
    return path == CHECKS or bool(re.fullmatch(r"tests/(?:\w+/)*test_\w+\.py", path))


def problems(line: Line) -> Iterator[str]:
    """What the row's state asks of it, and it lacks."""
    missing = line.where.partition(MISSING)[2]
    if line.state == "met":
        if not paths(line.where):
            yield "no file"
        if not paths(line.shown_by):
            yield "no test"
        if missing:
            yield "something is missing"
    elif line.state == "in part":
        if not paths(line.where.partition(MISSING)[0]):
            yield "no file"
        if not missing.strip(". "):
            yield "what is missing is not said"
    elif line.state in STATES:
        if not line.where.strip(" –.`"):
            yield "no reason"
        if paths(line.shown_by):
            yield "a test of what is not there"


def dead(line: Line) -> Iterator[str]:
    """Paths and tests of the row that do not exist, and proofs that are none."""
    for path in paths(line.where) + paths(line.shown_by):
        if not (ROOT / path).exists():
            yield path
    for path in paths(line.shown_by):
        if not is_proof(path):
            yield f"{path} is no test"
    for path, test in _NAMED.findall(line.where + line.shown_by):
        file = ROOT / path
        if file.is_file() and not re.search(rf"def {re.escape(test)}\(", file.read_text()):
            yield f"{path}::{test}"


def counts() -> dict[str, list[int]]:
    """The counts at the top, by document."""
    return {name: [int(cell) for cell in cells] for name, *cells in rows(TEXT, "Document")}


def found_in(check: Callable[[Line], Iterator[str]]) -> list[tuple[str, str]]:
    return [(line.id, problem) for line in LINES for problem in check(line)]


def test_every_requirement_has_one_row_in_order_and_there_is_no_other() -> None:
    assert [line.id for line in LINES] == EVERY


def test_a_document_has_its_rows_below_its_title() -> None:
    below = re.split(r"^## (D\d): .+$", TEXT, flags=re.MULTILINE)[1:]

    found = {
        name: [cells[0] for cells in rows(part, "Id")]
        for name, part in zip(below[::2], below[1::2], strict=True)
    }
    assert found == {name: [one for one in EVERY if one.startswith(name)] for name in DOCUMENTS}


def test_every_state_is_a_known_one() -> None:
    assert {line.state for line in LINES} <= set(STATES)


def test_every_requirement_is_told() -> None:
    assert [line.id for line in LINES if not line.requirement] == []


def test_every_state_has_what_it_needs() -> None:
    assert found_in(problems) == []


def test_every_path_and_every_test_is_there() -> None:
    assert found_in(dead) == []


def test_the_counts_are_those_of_the_rows() -> None:
    def counted(lines: list[Line]) -> list[int]:
        by_state = Counter(line.state for line in lines)
        return [*(by_state[state] for state in STATES), len(lines)]

    assert counts() == {
        **{name: counted([one for one in LINES if one.id[:2] == name]) for name in DOCUMENTS},
        "All": counted(LINES),
    }


@pytest.mark.parametrize(
    ("state", "where", "shown_by", "found"),
    [
        ("met", "`README.md`", "`Makefile`", []),
        ("met", "the code", "`Makefile`", ["no file"]),
        ("met", "`README.md`", "–", ["no test"]),
        ("met", "`README.md`. Missing: a part", "`Makefile`", ["something is missing"]),
        ("in part", "`README.md`. Missing: a part", "–", []),
        ("in part", "`README.md`", "–", ["what is missing is not said"]),
        ("in part", "`README.md`. Missing: .", "–", ["what is missing is not said"]),
        ("in part", "Some. Missing: `README.md`", "–", ["no file"]),
        ("later", "with the link page", "–", []),
        ("later", "", "–", ["no reason"]),
        ("answered", "–", "–", ["no reason"]),
        ("answered", "a fact", "`Makefile`", ["a test of what is not there"]),
    ],
)
def test_a_row_that_lacks_something_is_found(
    state: str, where: str, shown_by: str, found: list[str]
) -> None:
    assert list(problems(Line("D0-1", "words", state, where, shown_by))) == found


@pytest.mark.parametrize(
    ("where", "shown_by", "found"),
    [
        ("`README.md`", "`tests/docs/test_requirements_status.py`", []),
        ("`gone.py`", "–", ["gone.py"]),
        ("`README.md`", "`README.md`", ["README.md is no test"]),
        ("`README.md`", "`tests/floor.py`", ["tests/floor.py is no test"]),
        (
            "`README.md`",
            "`tests/docs/test_requirements_status.py`::`test_gone`",
            ["tests/docs/test_requirements_status.py::test_gone"],
        ),
    ],
)
def test_a_path_or_test_that_is_not_there_is_found(
    where: str, shown_by: str, found: list[str]
) -> None:
    assert list(dead(Line("D0-1", "words", "met", where, shown_by))) == found

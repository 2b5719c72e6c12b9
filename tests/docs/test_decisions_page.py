"""docs/decisions.md answers every requirement whose detail is wrong or that is superseded."""

import pytest

from tests.docs.pages import DOCS

PAGE = (DOCS / "decisions.md").read_text()
FIX = """
D0-15 D0-16 D0-18 D0-25 D1-16 D1-36 D1-53 D1-64 D1-68 D2-65 D2-106 D2-107 D2-133 D2-144
D2-162 D2-164 D3-46 D3-48 D3-52 D3-54 D3-63 D3-107 D4-14 D4-40 D4-49 D4-55 D4-56 D4-63
D4-81 D4-106
"""
SUPERSEDED = """
D0-30 D0-45 D0-46 D1-17 D1-85 D2-11 D2-14 D2-27 D2-28 D2-32 D2-88 D2-89 D2-98 D2-99 D2-126
D2-170 D2-171 D2-185 D2-186 D4-1 D4-11 D4-16 D4-28 D4-85 D4-86
"""


def ids_of(heading: str) -> set[str]:
    """The ids in the first column below a heading."""
    below = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return {
        one.strip()
        for line in below.splitlines()
        if line.startswith("| D")
        for one in line.split("|")[1].split(",")
    }


@pytest.mark.parametrize("requirement", FIX.split())
def test_a_wrong_detail_is_answered(requirement: str) -> None:
    assert requirement in ids_of("Documents' details that are wrong: the intent is kept")


@pytest.mark.parametrize("requirement", SUPERSEDED.split())
def test_what_is_superseded_is_answered(requirement: str) -> None:
    assert requirement in ids_of("Superseded")

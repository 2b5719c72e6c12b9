"""What is made from the code is in step with it."""

from pathlib import Path

import pytest

from tests.docs.generated import PARTS, REMAKE, NoMarkers, in_step, part, with_part
from tests.docs.pages import name_of


@pytest.mark.parametrize(
    ("page", "name"), PARTS, ids=[f"{name_of(page)}:{name}" for page, name in PARTS]
)
def test_a_part_that_is_made_is_in_step_with_the_code(page: Path, name: str) -> None:
    present, wanted = in_step(page, name)

    assert present == wanted, f"{name_of(page)} is out of step: run `{REMAKE}`"


def test_a_part_is_replaced_between_its_own_markers_only() -> None:
    text = "a\n<!-- made: x -->\nold\n<!-- end of x -->\nb\n"

    assert part(with_part(text, "x", "new\n"), "x") == "new\n"
    assert with_part(text, "x", "old\n") == text


def test_a_page_without_its_markers_is_a_failure() -> None:
    with pytest.raises(NoMarkers):
        part("no markers here", "x")

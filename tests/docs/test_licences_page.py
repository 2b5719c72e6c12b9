"""docs/licences.md: every package that an operator can install, and no GPL among them."""

import pytest

from tests.docs.licence_page import SETS, licence_of, runtime_packages, stated
from tests.docs.pages import DOCS, ROOT, rows

ROWS = {row[0].strip("`"): row for row in rows((DOCS / "licences.md").read_text(), "Package")}
LESSER = {"krakenex"}
"""Under the LGPL, which the page says in its text."""


def test_every_package_of_the_sets_has_a_row() -> None:
    assert list(ROWS) == list(runtime_packages())


def test_the_core_is_among_what_is_listed() -> None:
    assert {"discord-py", "motor", "cryptography"} <= ROWS.keys()


@pytest.mark.parametrize("name", ROWS)
def test_a_licence_is_stated_and_it_is_no_gpl(name: str) -> None:
    licence = ROWS[name][1]

    assert licence not in {"", "not stated"}
    assert "GPL" not in (licence.removeprefix("LGPL") if name in LESSER else licence)


def test_what_installed_packages_state_is_what_the_page_says() -> None:
    differing = {name: (told, ROWS[name][1]) for name, told in stated() if ROWS[name][1] != told}

    assert differing == {}


def test_a_package_that_is_not_installed_states_nothing() -> None:
    assert licence_of("no-such-package-of-ours") is None


def test_the_wire_server_of_the_tests_is_in_no_set_that_runs() -> None:
    assert "secantusdb" in (ROOT / "requirements" / "dev.txt").read_text()
    for name in SETS:
        assert "secantusdb" not in (ROOT / "requirements" / f"{name}.txt").read_text()

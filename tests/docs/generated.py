"""The parts of pages that are made from the code, between two markers that name them."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.table import brokers_table, capability_matrix
from tests.docs.broker_pages import access_table, local_list, manifest, multi_user_list
from tests.docs.campaign_page import campaign_table
from tests.docs.command_pages import commands, console
from tests.docs.error_page import errors_table
from tests.docs.licence_page import licences_table
from tests.docs.pages import DOCS, README

Make = Callable[[str], str]
"""From the part as it stands to the part as it should be."""

REMAKE: Final = "python -m tests.docs.remake"
_PART: Final = "<!-- made: {name} -->\n{body}<!-- end of {name} -->"


def _fixed(make: Callable[[], str]) -> Make:
    return lambda _present: make()


PARTS: Final[Mapping[tuple[Path, str], Make]] = MappingProxyType(
    {
        (README, "brokers"): _fixed(brokers_table),
        (README, "multi-user"): _fixed(multi_user_list),
        (README, "local"): _fixed(local_list),
        (DOCS / "brokers" / "index.md", "brokers"): _fixed(brokers_table),
        (DOCS / "brokers" / "index.md", "access"): _fixed(access_table),
        (DOCS / "brokers" / "index.md", "capabilities"): _fixed(capability_matrix),
        (DOCS / "errors.md", "errors"): _fixed(errors_table),
        (DOCS / "commands.md", "commands"): _fixed(commands),
        (DOCS / "commands.md", "console"): _fixed(console),
        (DOCS / "licences.md", "licences"): licences_table,
        (DOCS / "reliability.md", "campaign"): _fixed(campaign_table),
        **{
            (DOCS / "brokers" / f"{spec.id}.md", "manifest"): _fixed(
                lambda spec=spec: manifest(spec)
            )
            for spec in all_brokers()
        },
    }
)


class NoMarkers(AssertionError):
    """A page has lost the markers of a part that is made."""


def part(text: str, name: str) -> str:
    """What stands between the markers of `name`.

    Raises:
        NoMarkers: They are not there.
    """
    found = re.search(_pattern(name), text, re.DOTALL)
    if found is None:
        raise NoMarkers(f"<!-- made: {name} --> and <!-- end of {name} --> are missing")
    return found[1]


def with_part(text: str, name: str, body: str) -> str:
    """The page with another body between the markers of `name`."""
    part(text, name)
    whole = _PART.format(name=name, body=body)
    return re.sub(_pattern(name), lambda _: whole, text, flags=re.DOTALL)


def _pattern(name: str) -> str:
    return f"<!-- made: {name} -->\n(.*?)<!-- end of {name} -->"


def in_step(page: Path, name: str) -> tuple[str, str]:
    """The part as it stands and as it should be."""
    present = part(page.read_text(), name)
    return present, PARTS[page, name](present)

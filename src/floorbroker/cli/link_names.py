"""A link by the name that a person gives it, looked up without asking any broker."""

import re
from collections.abc import Sequence

from floorbroker.domain.errors import NotLinked
from floorbroker.domain.people import Link

_PARTS = re.compile(r"\s*(?:/|…|\.\.\.)\s*")
"""Between link and account, as Discord's suggestions and titles write them. No label holds one."""


def link_named(links: Sequence[Link], named: str) -> Link:
    """The link of that label or id.

    Raises:
        NotLinked: There is none, or several of that label.
    """
    wanted = named.strip().casefold()
    fits = [one for one in links if wanted in {one.label.casefold(), one.link_id.casefold()}]
    if len(fits) == 1:
        return fits[0]
    if fits:
        ids = ", ".join(f"{one.link_id} ({_kind(one)})" for one in fits)
        raise NotLinked(f"Several links have that name. Name one by its id: {ids}.")
    known = ", ".join(f"{one.label} ({_kind(one)})" for one in links)
    raise NotLinked(f"There is no link of that name. There are: {known or 'none'}.")


def account_named(links: Sequence[Link], named: str) -> tuple[Link, str]:
    """The link, and what was said of the account: its id or the end of its number; may be empty.

    `Alpaca paper` means the link's only account, `Alpaca paper …1234` one of several.

    Raises:
        NotLinked: There is no such link, or several.
    """
    link, *account = _PARTS.split(named.strip(), maxsplit=1)
    return link_named(links, link), account[0] if account else ""


def _kind(link: Link) -> str:
    return f"{link.broker} {link.environment.value.upper()}"

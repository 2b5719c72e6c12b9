"""When two links are of the same account: it would be shown twice, and closed twice by /panic."""

from collections.abc import Set as AbstractSet

from floorbroker.domain.errors import PolicyRefused
from floorbroker.domain.ids import AccountId
from floorbroker.domain.people import Link
from floorbroker.services.link_requests import Wanted


def reaches(link: Link, wanted: Wanted, accounts: AbstractSet[AccountId]) -> bool:
    """Whether `link` is at the same place as what is wanted, and reaches one of `accounts`."""
    same = (link.broker, link.environment) == (wanted.broker, wanted.environment)
    return same and bool(link.known_accounts & accounts)


def shares(one: Link, other: Link) -> bool:
    """Whether two links of one person reach an account in common."""
    same = (one.broker, one.environment) == (other.broker, other.environment)
    return one.link_id != other.link_id and same and bool(one.known_accounts & other.known_accounts)


def linked_already(link: Link) -> PolicyRefused:
    """The refusal; `link` is the one that has the account."""
    return PolicyRefused(
        f"An account that these credentials reach is linked already, as {link.label}. It would be "
        "shown, and closed by /panic, twice. Renew that one with /setup renew, or remove it with "
        "/setup remove."
    )

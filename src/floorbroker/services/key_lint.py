"""What a key may do beyond what is needed, told before it is stored and whenever one looks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.port import KeyRights
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.errors import PolicyRefused

SOON: Final = timedelta(days=14)


def refuse_dangerous(rights: KeyRights | None, spec: BrokerSpec) -> None:
    """Keys that could move money out are never stored.

    Raises:
        PolicyRefused: The key may withdraw, or may not trade at all.
    """
    if rights is None:
        return
    if rights.withdraw:
        raise PolicyRefused(
            f"This key may withdraw or transfer money. Make one at {spec.name} that can only read "
            "and trade, and delete this one.",
            broker=spec.id,
        )
    if rights.trade is False:
        raise PolicyRefused(
            f"This key may not trade. Make one at {spec.name} that can read and trade.",
            broker=spec.id,
        )


def remarks(rights: KeyRights | None, now: datetime) -> Sequence[str]:
    """What a person should know about a key that is good enough, a sentence each."""
    if rights is None:
        return ()
    told = []
    if rights.withdraw is None:
        told.append("The broker does not say whether this key may withdraw. Make sure it cannot.")
    if rights.ip_restricted is False:
        told.append(
            "This key works from any address. Limiting it to this bot's address is safer, where "
            "the operator tells you one."
        )
    if rights.expires_at is not None and rights.expires_at - now <= SOON:
        told.append(f"This key expires on {rights.expires_at:%Y-%m-%d}. Renew it before then.")
    return told

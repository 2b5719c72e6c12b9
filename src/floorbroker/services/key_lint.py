"""What a key may do beyond what is needed, told before it is stored and whenever one looks."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.port import KeyRights
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, PolicyRefused
from floorbroker.domain.ids import LinkId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.services.sessions import Sessions

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


async def key_remarks(
    links: Iterable[Link], sessions: Sessions, clock: Clock
) -> Mapping[LinkId, Sequence[str]]:
    """What people should know at present about the keys of links that are open.

    A broker that does not tell at this moment is left out: that it answers is told elsewhere.
    """
    known = {link.link_id: link for link in links}
    told = await asyncio.gather(*(_remarks_of(link, sessions, clock) for link in known.values()))
    return dict(zip(known, told, strict=True))


async def _remarks_of(link: Link, sessions: Sessions, clock: Clock) -> Sequence[str]:
    if Capability.KEY_RIGHTS not in get_broker(link.broker).capabilities:
        return ()
    try:
        async with sessions.lease(link) as adapter:
            rights = await adapter.key_rights()
    except BrokerError:
        return ()
    told = list(remarks(rights, link.environment, clock.now()))
    if rights.withdraw:
        told.insert(0, "This key may withdraw money by now. Make another one, then /setup renew.")
    return told


def remarks(rights: KeyRights | None, environment: Environment, now: datetime) -> Sequence[str]:
    """What a person should know about a key that is good enough, a sentence each."""
    if rights is None:
        return ()
    told = []
    if rights.withdraw is None and environment is Environment.LIVE:
        told.append("The broker does not say whether this key may withdraw. Make sure it cannot.")
    if rights.ip_restricted is False:
        told.append(
            "This key works from any address. Limiting it to this bot's address is safer, where "
            "the operator tells you one."
        )
    if rights.expires_at is not None and rights.expires_at - now <= SOON:
        told.append(f"This key expires on {rights.expires_at:%Y-%m-%d}. Renew it before then.")
    return told

"""Everything that a store holds, and documents of the rarer kinds."""

from datetime import datetime
from typing import Any

from floorbroker.domain.connections import ConnectionEvent, ConnectionState
from floorbroker.domain.ideas import Idea
from floorbroker.domain.ids import AccountId, BrokerId, UserId
from floorbroker.domain.money import usd
from floorbroker.domain.orders import Side
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import Balances, Snapshot
from floorbroker.storage.day_values import DayValue
from floorbroker.storage.documents import Documents
from floorbroker.storage.moment_values import MomentValue
from floorbroker.storage.snapshots import Snapshots
from tests.storage.walked import all_collections


async def everything(documents: Documents) -> dict[str, list[dict[str, Any]]]:
    """Every document of every collection that `floorbroker.storage` names."""
    names = sorted(set().union(*all_collections().values()))
    return {name: await documents.find(name, {}, limit=100_000) for name in names}


def connection_event(at: datetime) -> ConnectionEvent:
    """A gateway was lost."""
    return ConnectionEvent(
        broker=BrokerId("ibkr"),
        before=ConnectionState.CONNECTED,
        state=ConnectionState.RECONNECTING,
        at=at,
        detail="The line is dead.",
    )


async def snapshot(documents: Documents, link: Link, at: datetime) -> None:
    """What an account was worth."""
    balances = Balances(cash=usd(400), equity=usd(1_000), buying_power=usd(800), as_of=at)
    await Snapshots(documents).add(
        Snapshot.of(link.user_id, link.link_id, AccountId("X-1"), balances, ())
    )


def day_value(link: Link, at: datetime) -> DayValue:
    """What an account was worth at the end of a day."""
    return DayValue(
        user_id=link.user_id,
        link_id=link.link_id,
        account_id=AccountId("X-1"),
        day=at.date(),
        at=at,
        value=usd(1_000),
    )


def moment_value(link: Link, at: datetime) -> MomentValue:
    """What an account was worth at a moment."""
    return MomentValue(
        user_id=link.user_id,
        link_id=link.link_id,
        account_id=AccountId("X-1"),
        at=at,
        value=usd(1_000),
    )


def idea(who: UserId, at: datetime) -> Idea:
    """Something that a person posted."""
    return Idea(
        idea_id=f"{int(who) % 16**16:016x}",
        user_id=who,
        guild_id="900000000000000001",
        symbol="AAPL",
        name="Apple",
        currency="USD",
        side=Side.BUY,
        reason="New phones sell well.",
        created_at=at,
    )

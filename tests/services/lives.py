"""People who leave something in every collection that holds something of people."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from floorbroker.domain.ids import AccountId, LinkId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.domain.watch_list import WatchList
from floorbroker.services.link_requests import Wanted
from floorbroker.storage.connection_events import ConnectionEvents
from floorbroker.storage.counters import StoredNonces
from floorbroker.storage.day_values import DayValues
from floorbroker.storage.ideas import Ideas
from floorbroker.storage.moment_values import MomentValues
from floorbroker.storage.own_alerts import StoredAlerts
from floorbroker.storage.paper_books import StoredPaperBooks
from floorbroker.storage.watch_lists import WatchLists
from tests.domain.alerting import PREPARED, own_alert
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, BEN, EXCHANGE, House
from tests.services.kept import connection_event, day_value, idea, moment_value, snapshot

KEYS: Final = {ANNA: ("AK-ONE", "canary-secret-one"), BEN: ("AK-TWO", "canary-secret-two")}
TOKENS: Final = {ANNA: f"token of {ANNA}", BEN: f"token of {BEN}"}
"""What can edit each one's cards."""


def open_doors(venue: Venue) -> None:
    """Each one's keys fit."""
    venue.keys = {
        pair: (BrokerAccount(account_id=AccountId(f"X-{who}"), number=f"ACC-{who}"),)
        for who, pair in KEYS.items()
    }


async def lived(house: House, who: UserId) -> str:
    """A filled order, a resting one, an account behind keys, and one of all the rest.

    Returns:
        The token of the one-time link.
    """
    wanted = Wanted(user_id=who, broker=EXCHANGE, environment=Environment.PAPER)
    key, secret = KEYS[who]
    given = {"api_key": key, "api_secret": secret}
    await house.bought("10", who, account="Paper")
    order = await house.resting(who, account="Paper")
    await house.stored_orders.advance(order, replace(order, reply=house.address(who)))
    linked = await house.linking.keep(await house.linking.try_out(wanted, given))
    await house.bought("1", who, account=linked.link.label)
    token = await house.tickets.issue(who, EXCHANGE, Environment.PAPER, reply=house.address(who))
    await house.choose(who, notify=False)
    await house.supervisor.settled(timedelta(seconds=10))
    house.clock.advance(120)
    house.messenger.dm_open = False
    await house.notifier.sweep()
    house.messenger.dm_open = True
    documents, now = house.documents, house.clock.now()
    archive = StoredPaperBooks(documents).archive
    await archive(who, LinkId(f"paper-{who}"), "o1", {"at": now.isoformat()})
    await StoredNonces(documents).next(linked.link.link_id, 1)
    await ConnectionEvents(documents).add(who, connection_event(now))
    await snapshot(documents, linked.link, now)
    await DayValues(documents).put(day_value(linked.link, now))
    await MomentValues(documents).put(moment_value(linked.link, now))
    await Ideas(documents).add(idea(who, now))
    await WatchLists(documents).save(WatchList(user_id=who, symbols=("AAPL",)))
    alert = own_alert(alert_id=f"{int(who) % 16**16:016x}", user_id=who, prepared=PREPARED)
    await StoredAlerts(documents).add(alert)
    return token

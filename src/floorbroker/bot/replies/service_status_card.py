"""How the service is doing: numbers of everybody, facts of one process, what is paused."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite

from floorbroker.bot.replies.card import Card, Mention, Row, Section, Tone
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.order_state import OrderState
from floorbroker.services.console import MOST_SUSPENDED, Status, Stored, ThisProcess
from floorbroker.storage.overview import MOST, LinksAt


def status_card(status: Status, discord_seconds: float) -> Card:
    """The whole of it.

    Args:
        discord_seconds: How long Discord took to answer the last heartbeat; NaN before the first.
    """
    stored, process = status.stored, status.process
    if stored is None:
        storage, sections = "does not answer", []
    else:
        storage = f"answers in {_ms(stored.seconds)}"
        sections = [_paused(stored), _people(stored), _orders(stored)]
    return Card(
        title="Service status",
        tone=Tone.CAUTION if _wrong(status) else Tone.GOOD,
        lead="" if stored else "What the store knows is missing below. No order goes out now.",
        rows=(
            Row("Storage", storage),
            Row("Discord", _ms(discord_seconds) if isfinite(discord_seconds) else "not measured"),
        ),
        sections=(*sections, _process(process)),
    )


def _wrong(status: Status) -> bool:
    stored, process = status.stored, status.process
    if stored is None or process.resting:
        return True
    if any(not one.healthy for one in process.gateways.values()):
        return True
    paused = stored.pause.everybody or stored.pause.brokers
    return bool(paused or stored.in_doubt)


def _paused(stored: Stored) -> Section:
    pause = stored.pause
    rows = []
    if pause.everybody:
        rows.append(Row("Everybody", "paused"))
    if pause.brokers:
        rows.append(Row("Brokers", _names(pause.brokers)))
    people, servers = stored.suspended_people, stored.suspended_servers
    rows += [Row("Person", Mention(one)) for one in people[:MOST_SUSPENDED]]
    rows += [Row("Server", one) for one in servers[:MOST_SUSPENDED]]
    if max(len(people), len(servers)) > MOST_SUSPENDED:
        rows.append(Row("And", "more than fit here"))
    return Section(heading="Paused", lines=() if rows else ("Nothing.",), rows=tuple(rows))


def _people(stored: Stored) -> Section:
    links = [(broker, at) for broker, at in stored.links.items() if at.in_use]
    return Section(
        heading="People and links",
        rows=(
            Row("People with choices of their own", _number(stored.people)),
            *(Row(get_broker(broker).name, _links(at)) for broker, at in links),
        ),
    )


def _links(at: LinksAt) -> str:
    parts = (
        (at.dead, "refused by the broker"),
        (at.ended, "ended"),
        (at.ending, "ending within two days"),
    )
    others = (f"{_number(number)} {what}" for number, what in parts if number)
    return " · ".join((f"{_number(at.in_use)} linked", *others))


def _orders(stored: Stored) -> Section:
    doubt = stored.in_doubt_since
    return Section(
        heading="Orders of everybody",
        rows=(
            Row("On their way to a broker", _number(stored.on_their_way)),
            Row("Outcome unknown", _number(stored.in_doubt)),
            *((Row("The oldest of those was sent", doubt),) if doubt else ()),
            Row("Due to be read back", _number(stored.to_read_back)),
            Row("News due to be told", _number(stored.to_tell)),
            Row("Outcomes not told yet", _number(stored.untold)),
            Row("Sent in the last 24 hours", _recent(stored.recent)),
        ),
    )


def _recent(recent: Mapping[OrderState, int]) -> str:
    each = (f"{_number(n)} {state.replace('_', ' ')}" for state, n in recent.items() if n)
    return " · ".join(each) or "none"


def _process(process: ThisProcess) -> Section:
    waiting = (f"{n} at {get_broker(broker).name}" for broker, n in process.waiting.items())
    return Section(
        heading="This process alone",
        rows=(
            Row("Process", process.name),
            Row("Started", process.since),
            Row("Event loop", f"{_ms(process.lag_seconds)} late"),
            Row("Open sessions", str(process.sessions)),
            Row("Orders waiting for their turn", " · ".join(waiting) or "none"),
            Row("Brokers left alone after failures", _resting(process)),
            *(
                Row(f"Gateway of {get_broker(broker).name}", status.state.value)
                for broker, status in process.gateways.items()
            ),
        ),
    )


def _resting(process: ThisProcess) -> str:
    each: Sequence[str] = [
        f"{get_broker(broker).name} {environment.value.upper()}"
        for broker, environment in process.resting
    ]
    return " · ".join(each) or "none"


def _names(brokers: Iterable[BrokerId]) -> str:
    return ", ".join(sorted(get_broker(broker).name for broker in brokers))


def _number(number: int) -> str:
    return f"{MOST}+" if number > MOST else str(number)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"

"""The operators' console as Discord gets it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from floorbroker.bot.replies.card import Card, Linked, Mention, Row, Tone
from floorbroker.bot.replies.service_cards import (
    paused_broker_card,
    paused_everybody_card,
    paused_person_card,
    paused_server_card,
    people_card,
)
from floorbroker.bot.replies.service_status_card import status_card
from floorbroker.brokers.registry import all_brokers
from floorbroker.domain.connections import ConnectionState, ConnectionStatus
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.service_pause import ServicePause
from floorbroker.services.console import MOST_SUSPENDED, PAGE, People, Status, Stored, ThisProcess
from floorbroker.services.listing import SENT
from floorbroker.storage.overview import MOST, LinksAt, LinkSeen, PersonSeen
from tests.bot.drawn import drawn
from tests.domain.building import ANNA, NOON

KRAKEN, IBKR = BrokerId("kraken"), BrokerId("ibkr")


def _process(**changes: Any) -> ThisProcess:
    usual: dict[str, Any] = {
        "name": "a1b2c3d4",
        "since": NOON,
        "sessions": 3,
        "waiting": {},
        "resting": [],
        "gateways": {},
        "lag_seconds": 0.0004,
    }
    return ThisProcess(**{**usual, **changes})


def _stored(**changes: Any) -> Stored:
    usual: dict[str, Any] = {
        "seconds": 0.0012,
        "pause": ServicePause(),
        "suspended_people": [],
        "suspended_servers": [],
        "people": 12,
        "links": {KRAKEN: LinksAt(in_use=4, dead=1, ended=0, ending=2)},
        "recent": {OrderState.FILLED: 7, OrderState.REJECTED: 0, OrderState.NOT_PLACED: 1},
        "on_their_way": 0,
        "in_doubt": 0,
        "in_doubt_since": None,
        "to_read_back": 0,
        "to_tell": 0,
        "untold": 0,
    }
    return Stored(**{**usual, **changes})


def _status(stored: Stored | None = None, **process: Any) -> Status:
    return Status(process=_process(**process), stored=stored)


def test_a_quiet_service_is_green_and_tells_its_numbers() -> None:
    card = status_card(_status(_stored()), 0.045)

    text = drawn(card).text
    assert card.tone is Tone.GOOD
    assert "**Storage** answers in 1.2 ms" in text
    assert "**Discord** 45.0 ms" in text
    assert "**Kraken** 4 linked · 1 refused by the broker · 2 ending within two days" in text
    assert "7 filled · 1 not placed" in text
    assert "Nothing." in text
    drawn(card).assert_fits()


def test_everything_that_can_be_wrong_at_once_fits_and_is_told() -> None:
    many = [spec.id for spec in all_brokers() if not spec.retired]
    down = ConnectionStatus(
        state=ConnectionState.RECONNECTING, healthy=False, since=NOON, detail="account U1234567"
    )
    more = MOST + 1
    card = status_card(
        _status(
            _stored(
                pause=ServicePause(everybody=True, brokers=frozenset(many)),
                suspended_people=[UserId(str(10**18 + n)) for n in range(MOST_SUSPENDED + 1)],
                suspended_servers=[str(10**18 + n) for n in range(MOST_SUSPENDED + 1)],
                people=more,
                links={
                    one: LinksAt(in_use=more, dead=more, ended=more, ending=more) for one in many
                },
                recent=dict.fromkeys(sorted(SENT), more),
                on_their_way=more,
                in_doubt=more,
                in_doubt_since=NOON - timedelta(hours=2),
                to_read_back=more,
                to_tell=more,
                untold=more,
            ),
            waiting=dict.fromkeys(many, 2000),
            resting=[(one, environment) for one in many for environment in Environment],
            gateways={IBKR: down},
        ),
        float("nan"),
    )

    text = drawn(card).text
    assert card.tone is Tone.CAUTION
    assert "**Discord** not measured" in text
    assert "500+" in text
    assert "501" not in text
    assert "more than fit here" in text
    assert "Kraken LIVE" in text
    assert "**Gateway of Interactive Brokers** reconnecting" in text
    assert "U1234567" not in text
    assert not text.endswith("…")
    drawn(card).assert_fits()


def test_each_single_trouble_makes_the_card_a_warning() -> None:
    down = ConnectionStatus(state=ConnectionState.FAILED, healthy=False, since=NOON)
    for status in (
        _status(None),
        _status(_stored(pause=ServicePause(everybody=True))),
        _status(_stored(pause=ServicePause(brokers=frozenset({KRAKEN})))),
        _status(_stored(in_doubt=1)),
        _status(_stored(), resting=[(KRAKEN, Environment.LIVE)]),
        _status(_stored(), gateways={IBKR: down}),
    ):
        assert status_card(status, 0.1).tone is Tone.CAUTION


def test_a_store_that_does_not_answer_is_told_beside_the_facts_of_the_process() -> None:
    text = drawn(status_card(_status(None), 0.1)).text

    assert "**Storage** does not answer" in text
    assert "a1b2c3d4" in text
    assert "People" not in text


def _person(number: int, *links: LinkSeen, **pauses: bool) -> PersonSeen:
    return PersonSeen(user_id=UserId(str(10**18 + number)), links=links, **pauses)


def test_people_are_mentions_with_their_links_and_pauses() -> None:
    link = LinkSeen(broker=KRAKEN, environment=Environment.LIVE, created_at=NOON)
    dead = replace(link, dead_since=NOON)
    people = [_person(1, link, link, dead), _person(2, paused=True), _person(3, suspended=True)]

    card = people_card(People(people=people, after="7"))

    text = drawn(card).text
    assert "<@1000000000000000001>" in text
    assert "2 × Kraken LIVE · Kraken LIVE, refused by the broker" in text
    assert f"**Since** <t:{int(NOON.timestamp())}:R>" in text
    assert "paused by themselves" in text
    assert "paused by an operator" in text
    assert "**Links** none" in text
    assert drawn(card).buttons["Next page"]["custom_id"] == "fb:people:7"
    drawn(card).assert_fits()


def test_a_full_page_of_people_with_every_kind_of_link_fits() -> None:
    kinds = tuple(
        LinkSeen(broker=spec.id, environment=environment, created_at=NOON, dead_since=NOON)
        for spec in all_brokers()[:4]
        for environment in Environment
    )

    card = people_card(People(people=[_person(n, *kinds) for n in range(PAGE)], after=""))

    assert f"<@{10**18 + PAGE - 1}>" in drawn(card).text
    assert not card.buttons
    drawn(card).assert_fits()


def test_nobody_is_said_so() -> None:
    assert "Nobody yet." in drawn(people_card(People(people=[]))).text


def test_each_pause_says_whose_it_is_and_that_closing_works() -> None:
    for card, whom in (
        (paused_everybody_card(ServicePause(everybody=True)), "paused for everybody"),
        (paused_broker_card(KRAKEN, paused=True), "paused at Kraken"),
        (paused_server_card("123456789012345678", paused=True), "in one server"),
        (paused_person_card(ANNA, paused=True), "paused for one person"),
    ):
        text = drawn(card).text
        assert whom in text
        assert "Orders that close a position, cancels and /panic still go through" in text
        drawn(card).assert_fits()


def test_a_resumed_service_names_the_brokers_that_stay_paused() -> None:
    text = drawn(paused_everybody_card(ServicePause(brokers=frozenset({KRAKEN})))).text

    assert "open again" in text
    assert "everybody at Kraken" in text


def test_a_server_that_the_bot_does_not_know_is_doubted() -> None:
    card = paused_server_card("123456789012345678", paused=True, missing=True)

    assert "not a member of a server of that id" in drawn(card).text


def test_only_an_id_becomes_a_mention_and_only_our_text_a_link() -> None:
    odd = UserId("1> @everyone <@2")
    card = Card(
        title="t",
        rows=(Row("a", Mention(odd)), Row("b", Linked("A_B", "https://x.example/e#A_B"))),
    )

    text = drawn(card).text
    assert "<@" not in text
    assert "@everyone" not in text
    assert r"[A\_B](https://x.example/e#A_B)" in text

"""/orders and /settings, Notifications, as they are drawn."""

from dataclasses import replace
from typing import Any

import pytest

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.list_cards import A_PAGE, Listed, elsewhere_words, orders_card
from floorbroker.bot.replies.news_cards import news_words, notifications_card
from floorbroker.bot.replies.panic_cards import panic_card
from floorbroker.brokers.port import BrokerOrder
from floorbroker.domain.errors import BrokerTimeout
from floorbroker.domain.news import USUAL, NewsKind, NewsLevel
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Receipt
from floorbroker.domain.people import Person
from floorbroker.services.elsewhere import Others, PlacedElsewhere
from floorbroker.services.panic import Exposure
from floorbroker.services.reachable import UnreachableLink
from tests.bot.drawn import account, drawn, order_in
from tests.domain.building import AAPL, ANNA, NOON

LONG = "Buy 1,000 of an option with a very long name " * 8
SCHWAB = account(2, "Schwab")


def elsewhere(description: str = "Buy 5 AAPL, limit 90", **fields: Any) -> PlacedElsewhere:
    receipt = Receipt(broker_order_id="X-1", state=OrderState.ACCEPTED)
    listed = BrokerOrder(
        order_id=None, instrument=AAPL, description=description, at=NOON, receipt=receipt
    )
    return PlacedElsewhere(**{"account": SCHWAB, "order": listed, **fields})


def test_orders_of_elsewhere_are_named_as_such_and_have_no_button() -> None:
    others = Others(orders=[elsewhere(), elsewhere(perhaps_ours=True)])

    seen = drawn(orders_card(Listed(working=[], recent=[], others=others)))

    assert "Placed elsewhere" in seen.text
    assert "accepted · at Schwab …0002" in seen.text
    assert "may be your order in doubt" in seen.text
    assert "cannot be changed here: cancel it at your broker" in seen.text
    assert seen.buttons == {}
    assert "PAPER" in seen.text


def test_what_is_not_known_is_said() -> None:
    failed = UnreachableLink(link=SCHWAB.link, error=BrokerTimeout(broker=SCHWAB.link.broker))
    others = Others(failed=[failed])

    text = drawn(orders_card(Listed(working=[], recent=[], others=others, unreadable=2))).text

    assert "You have not sent any orders" not in text
    assert "placed elsewhere at Schwab is not known" in text
    assert "The records of 2 orders of yours cannot be read here." in text


def test_pages_turn_and_hold_everything_once() -> None:
    working = [order_in(OrderState.ACCEPTED) for _ in range(A_PAGE + 1)]
    ended = [order_in(OrderState.FILLED) for _ in range(10)]
    others = Others(orders=[elsewhere(f"Order {n} of elsewhere") for n in range(5)])
    listed = Listed(working=working, recent=ended, others=others)

    pages = [drawn(orders_card(listed, number)) for number in (1, 2, 3)]

    rows = "\n".join(page.text for page in pages)
    assert rows.count("**Buy 10 AAPL** accepted") == A_PAGE + 1
    assert rows.count("of elsewhere** ") == 5
    assert [list(page.buttons) for page in pages] == [["Next"], ["Back", "Next"], ["Back"]]
    assert [f"Page {number} of 3" in page.text for number, page in enumerate(pages, 1)] == [
        True
    ] * 3
    for page in pages:
        page.assert_fits()
        for button in page.buttons.values():
            assert custom_ids.CHOICE.fullmatch(button["custom_id"])


@pytest.mark.parametrize("page", [-1, 0, 99])
def test_a_page_that_is_no_more_becomes_the_nearest(page: int) -> None:
    listed = Listed(working=[order_in(OrderState.ACCEPTED)], recent=[])

    assert "accepted" in drawn(orders_card(listed, page)).text


def test_the_longest_names_fit() -> None:
    others = Others(
        orders=[elsewhere(LONG, account=account(n, "L" * 32), perhaps_ours=True) for n in range(60)]
    )

    for page in range(1, 6):
        drawn(orders_card(Listed(working=[], recent=[], others=others), page)).assert_fits()


def test_the_kill_switch_says_what_stays_open_and_where() -> None:
    others = Others(orders=[elsewhere(), elsewhere(account=account(3, "Kraken")), elsewhere()])
    exposure = Exposure(orders=[], holdings=[], failed=[], unreadable=1)

    text = drawn(panic_card(exposure, others)).text

    assert (
        "3 open orders that were placed elsewhere stay open: 2 at Schwab …0002, 1 at Kraken" in text
    )
    assert "The records of 1 order of yours cannot be read here." in text


def test_the_kill_switch_says_that_it_does_not_know() -> None:
    assert "not known" in elsewhere_words(Others(complete=False))[0]
    assert elsewhere_words(Others()) == ()  # what is not there needs no warning


def test_each_kind_has_a_menu_with_its_level_chosen() -> None:
    person = Person(user_id=ANNA).with_level(NewsKind.FILLED, NewsLevel.OFF)

    seen = drawn(notifications_card(person))

    seen.assert_fits()
    menus = [one for one in seen.components if one["type"] == 3]
    chosen = [o["value"] for menu in menus for o in menu["options"] if o["default"]]
    assert chosen == ["on", "silent", "on", "on", "off", "off"]  # the last is the summary
    for menu in menus:
        assert custom_ids.NEWS.fullmatch(menu["custom_id"])
    assert list(seen.buttons) == ["All off"]


def test_settings_say_it_in_one_line() -> None:
    person = Person(user_id=ANNA)
    some = person.with_level(NewsKind.PARTIAL, NewsLevel.OFF)
    none = replace(person, levels=dict.fromkeys(map(str, USUAL), NewsLevel.OFF))

    assert news_words(person) == "by direct message"
    assert news_words(some) == "some by direct message"
    assert news_words(none) == news_words(replace(person, notify=False))
    assert "critical" in news_words(none)

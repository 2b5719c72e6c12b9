"""The file of what is kept, and the erasing, as Discord shows them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.components import files_of
from floorbroker.bot.replies.data_cards import (
    erase_card,
    erased_card,
    export_card,
    kept_card,
    leaving_card,
    sure_card,
)
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Leaving
from floorbroker.services.erasing import MOST_COUNTED, Foreseen
from floorbroker.services.exporting import Export, ExportFile
from floorbroker.storage.personal import HOLDINGS
from tests.bot.drawn import drawn, order_in
from tests.domain.building import NOON

_FILE = 13
LEAVING = Leaving(asked_at=NOON, erase_at=NOON + timedelta(days=7))
COUNTS = {holding.called: 3 for holding in HOLDINGS}
OPEN = tuple(order_in(OrderState.ACCEPTED, broker=BrokerId("alpaca")) for _ in range(7))


def exported(number: int = 1, *, complete: bool = True) -> Export:
    files = tuple(ExportFile(name=f"data-{n}.json", data=b"{}") for n in range(number))
    return Export(files=files, counts=COUNTS, complete=complete)


@pytest.mark.parametrize(
    "card",
    [
        export_card(exported()),
        export_card(exported(10, complete=False)),
        erase_card(Foreseen(counts=COUNTS, open_orders=OPEN, leaving=None)),
        sure_card(),
        leaving_card(LEAVING),
        leaving_card(replace(LEAVING, deauthorised=True)),
        leaving_card(replace(LEAVING, begun=True)),
        kept_card(stopped=True),
        kept_card(stopped=False),
        erased_card(),
    ],
)
def test_every_card_fits(card: Card) -> None:
    drawn(card).assert_fits()


@pytest.mark.parametrize("number", [1, 10])
def test_each_file_is_below_the_card(number: int) -> None:
    card = export_card(exported(number))

    shown = [one for one in drawn(card).components if one["type"] == _FILE]

    assert [one["file"]["url"] for one in shown] == [
        f"attachment://data-{n}.json" for n in range(number)
    ]
    assert [file.filename for file in files_of(card)] == [f"data-{n}.json" for n in range(number)]


def test_files_are_made_anew_for_each_try() -> None:
    card = export_card(exported())

    assert [file.fp.read() for _ in range(2) for file in files_of(card)] == [b"{}", b"{}"]


def test_what_is_left_out_is_said() -> None:
    assert "not all of it" in drawn(export_card(exported(complete=False))).text
    assert "not all of it" not in drawn(export_card(exported())).text


def test_more_than_was_counted_is_said() -> None:
    foreseen = Foreseen(counts={"orders": MOST_COUNTED}, open_orders=(), leaving=None)

    text = drawn(erase_card(foreseen)).text

    assert "10,000 or more" in text
    assert "Open orders" not in text


def test_open_orders_beyond_a_few_are_counted() -> None:
    foreseen = Foreseen(counts={}, open_orders=OPEN, leaving=None)

    assert "and 2 more" in drawn(erase_card(foreseen)).text


def test_open_orders_of_a_paper_account_are_not_said_to_stay() -> None:
    paper = order_in(OrderState.ACCEPTED, broker=BrokerId("paper"))

    alone = drawn(erase_card(Foreseen(counts={}, open_orders=(paper,), leaving=None))).text
    both = drawn(erase_card(Foreseen(counts={}, open_orders=(paper, OPEN[0]), leaving=None))).text

    assert "1 on the paper account, which go with it." in alone
    assert "They stay at your broker" not in alone
    assert "They stay at your broker" in both
    assert "1 on the paper account, which go with it." in both


def test_what_has_begun_has_no_button() -> None:
    assert drawn(leaving_card(replace(LEAVING, begun=True))).buttons == {}
    assert drawn(leaving_card(LEAVING)).buttons.keys() == {"Keep my data"}


def test_whoever_took_the_app_away_reads_that_it_is_why() -> None:
    assert "took the app away" in drawn(leaving_card(replace(LEAVING, deauthorised=True))).text

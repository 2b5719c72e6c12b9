"""The card of the watch list: every price with its age and source, and ways on and out."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import cast

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.watch_cards import (
    Refreshing,
    Standing,
    added_card,
    stopped_card,
    taken_off_card,
    watch_card,
)
from floorbroker.domain.errors import SymbolNotFound
from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import EventType, MarketEvent
from floorbroker.domain.modes import Environment
from floorbroker.domain.watch_list import MOST, WatchList
from floorbroker.services.chosen import Chosen
from floorbroker.services.quote_streams import QuoteStreams
from floorbroker.services.reachable import LinkedAccount
from floorbroker.services.watching import Board, Line
from tests.bot.drawn import account, drawn
from tests.domain.building import NOON

REFRESHING = Refreshing(card_id="0a1b2c3d", named="", until=NOON + timedelta(minutes=10))
APPLE = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY, name="Apple")
EVENT = MarketEvent(
    type=EventType.QUOTE,
    symbol="AAPL",
    timestamp=NOON,
    bid=Decimal("189.90"),
    ask=Decimal("190.10"),
    last=Decimal("190.00"),
    volume=None,
    source="A market",
)


def line(symbol: str = "AAPL", of: LinkedAccount | None = None, **fields: object) -> Line:
    usual: dict[str, object] = {
        "chosen": Chosen(account=of or account(), instrument=replace(APPLE, symbol=symbol)),
        "event": replace(EVENT, symbol=symbol),
        "opened": Decimal(200),
    }
    return Line(symbol=symbol, **{**usual, **fields})  # type: ignore[arg-type]


def board(*lines: Line) -> Board:
    return Board(list(lines), cast("QuoteStreams", None), NOON)


def test_a_line_has_its_price_its_change_and_its_age() -> None:
    shown = drawn(watch_card(board(line()), REFRESHING))

    shown.assert_fits()
    moment = int(NOON.timestamp())
    assert "**AAPL** $190.00 −5.00 %\n" in shown.text + "\n"
    assert f"-# Prices <t:{moment}:R> · " in shown.text
    assert f"Change since <t:{moment}:t>" in shown.text
    assert f"Refreshed until <t:{moment + 600}:t>" in shown.text
    for word in ("Source A market", "Account Paper …0001", "`PAPER`"):
        assert word in shown.text
    assert list(shown.buttons) == ["Refresh", "Stop"]


def test_lines_without_a_price_say_why() -> None:
    lines = (
        line("AAPL", event=None),
        line("MSFT", chosen=None, event=None, error=SymbolNotFound("Nobody knows it.")),
        line("TSLA", event=replace(EVENT, delayed=True), opened=None),
        line("BTC/USD", event=replace(EVENT, last=None)),
        line("KO", event=replace(EVENT, symbol="KO", halted=True)),
    )
    shown = drawn(watch_card(board(*lines), REFRESHING))

    shown.assert_fits()
    assert "**AAPL** No price yet" in shown.text
    assert "**MSFT** Nobody knows it." in shown.text
    assert "**TSLA** $190.00 · delayed" in shown.text
    assert "**KO** $190.00 −5.00 % · halted" in shown.text
    assert "**BTC/USD** $189.90 / $190.10 −5.00 %" in shown.text


def test_a_price_that_is_older_than_the_others_tells_its_own_age() -> None:
    def at(seconds: int, symbol: str) -> Line:
        moment = NOON - timedelta(seconds=seconds)
        return line(symbol, event=replace(EVENT, timestamp=moment))

    shown = drawn(watch_card(board(at(0, "AAPL"), at(29, "KO"), at(31, "PEP")), REFRESHING))

    noon = int(NOON.timestamp())
    assert f"**PEP** $190.00 −5.00 % · <t:{noon - 31}:R>" in shown.text
    assert f"Prices <t:{noon - 29}:R>" in shown.text
    assert shown.text.count(":R>") == 2


def test_prices_of_several_accounts_stand_below_the_account_that_shows_them() -> None:
    other = account(2, "Broker", environment=Environment.LIVE)
    missing = line("NOSUCH", chosen=None, event=None, error=SymbolNotFound("Nobody knows it."))
    shown = drawn(watch_card(board(line(), line("KO", other), missing), REFRESHING))

    shown.assert_fits()
    assert "**Broker …0002**\n**KO**" in shown.text
    assert "**Paper …0001**\n**AAPL**" in shown.text
    assert "**Not shown**\n**NOSUCH**" in shown.text
    assert "`LIVE` `PAPER`" in shown.text
    assert "Account" not in shown.text


def test_a_full_list_of_the_longest_names_fits() -> None:
    symbols = [f"ABCDE261218C{number:08}" for number in range(MOST)]
    lines = [line(one, error=SymbolNotFound()) for one in symbols]

    drawn(watch_card(board(*lines), REFRESHING)).assert_fits()


def test_a_card_that_has_ended_says_so_and_how_to_go_on() -> None:
    words = {
        Standing.OVER: "no longer refreshed. Press Refresh",
        Standing.STOPPED: "Stopped. Press Refresh",
        Standing.REPLACED: "A newer card of yours",
        Standing.RESTARTING: "restarting: this card has stopped. Press Refresh",
    }
    for standing, said in words.items():
        shown = drawn(watch_card(board(line()), REFRESHING, standing))

        assert said in shown.text
        assert "Was refreshed until <t:" in shown.text
        assert list(shown.buttons) == ["Refresh"]
    assert list(drawn(stopped_card(REFRESHING)).buttons) == ["Refresh"]


def test_its_buttons_carry_the_card_and_the_account_that_was_named() -> None:
    named = replace(REFRESHING, named="paper-100000000000000001/PAPER-1")
    buttons = drawn(watch_card(board(line()), named)).buttons

    custom_id = buttons["Refresh"]["custom_id"]
    assert custom_id == "fb:watch:refresh.0a1b2c3d.paper-100000000000000001/PAPER-1"
    assert custom_ids.CHOICE.fullmatch(custom_id)
    unfit = replace(REFRESHING, named="x" * 90)
    assert drawn(watch_card(board(line()), unfit)).buttons == {}


def test_what_changes_the_list_shows_the_list() -> None:
    watched = WatchList(user_id=UserId("1"), symbols=("AAPL", "KO"))

    added = drawn(added_card(watched, APPLE))
    removed = drawn(taken_off_card(replace(watched, symbols=()), "AAPL"))

    assert "AAPL · Apple" in added.text
    assert "(2 of 25)** AAPL, KO" in added.text
    assert added.buttons["Show the list"]["custom_id"] == "fb:watch:show"
    assert "(0 of 25)** empty" in removed.text
    assert removed.buttons == {}

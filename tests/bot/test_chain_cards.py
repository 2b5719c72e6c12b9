"""The cards of chains, contracts and volatility: what is told, what is not, and where it leads."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.chain_cards import chain_card
from floorbroker.bot.replies.contract_cards import contract_card
from floorbroker.brokers.shared.option_symbols import contract_of, symbol_of
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import Instrument, OptionRight
from floorbroker.domain.market import Greeks, Quote
from floorbroker.domain.option_chain import OptionQuote, strikes_of
from floorbroker.services.chain_parts import ChainRequest
from floorbroker.services.option_chains import Chain, OneContract
from floorbroker.services.sources import Answered
from tests.bot.drawn import account, drawn
from tests.domain.building import AAPL, NOON

EXPIRY = date(2026, 12, 18)
DAYS = (date(2026, 12, 11), EXPIRY, date(2026, 12, 24))


def contract(strike: str, right: OptionRight = OptionRight.CALL) -> Instrument:
    """On AAPL."""
    found = contract_of(symbol_of("AAPL", EXPIRY, right, Decimal(strike)))
    assert found is not None
    return found


CALL = contract("187.5")
CONTRACTS = [contract(str(180 + Decimal("2.5") * n), r) for n in range(11) for r in OptionRight]
PRICE = Quote(
    instrument=AAPL,
    bid=Decimal("187.40"),
    ask=Decimal("187.50"),
    last=Decimal("187.45"),
    at=NOON - timedelta(seconds=3),
    source="Somebody",
)


def told(one: Instrument, **fields: Any) -> OptionQuote:
    """With all that a broker may tell."""
    quote = Quote(
        instrument=one,
        bid=Decimal("5.1"),
        ask=Decimal("5.30"),
        last=Decimal("5.2"),
        at=NOON - timedelta(seconds=5),
        source="Somebody",
        volume=Decimal(340),
    )
    greeks = Greeks(
        instrument=one,
        at=NOON,
        source="Somebody",
        delta=Decimal("0.52"),
        implied_volatility=Decimal("0.3125"),
    )
    usual = {"quote": quote, "greeks": greeks, "open_interest": Decimal(1204)}
    return OptionQuote(contract=one, **{**usual, **fields})


def answered(**fields: Any) -> Answered[Chain]:
    """The part around 187.5, unless told otherwise."""
    asked = ChainRequest(symbol="AAPL", expiry=EXPIRY, middle=Decimal("187.5"))
    chain = Chain(
        asked=asked,
        price=PRICE,
        expiries=DAYS,
        shown=strikes_of(CONTRACTS),
        told={one.symbol: told(one) for one in CONTRACTS},
        strikes=93,
        lower=Decimal(150),
        higher=Decimal(220),
    )
    return Answered(account=account(), instrument=AAPL, value=replace(chain, **fields))


def test_a_line_is_short_enough_for_a_phone_and_says_what_each_figure_is() -> None:
    shown = drawn(chain_card(answered(), NOON))

    lines = [line for line in shown.text.splitlines() if line.startswith(("C 5", "P 5"))]
    shown.assert_fits()
    assert len(lines) == 22
    assert lines[0] == "C 5.10/5.30 · 5.20 · 1,204 · 340 · 31%"
    assert max(map(len, lines)) <= 40
    assert "open interest · volume · implied volatility" in shown.text
    assert "AAPL is at $187.45, 3 s old." in shown.text
    assert "**187.5 · nearest**" in shown.text


def test_what_nobody_tells_is_a_dash_and_never_a_zero() -> None:
    bare = {CALL.symbol: OptionQuote(contract=CALL)}

    text = drawn(chain_card(answered(told=bare), NOON)).text

    assert text.count("–/– · – · – · – · –") == 22
    assert "Source" not in text


def test_a_zero_that_was_told_is_a_zero() -> None:
    known = {CALL.symbol: told(CALL, open_interest=Decimal(0), greeks=None)}

    text = drawn(chain_card(answered(told=known), NOON)).text

    assert "C 5.10/5.30 · 5.20 · 0 · 340 · –" in text


def test_delayed_prices_have_a_badge_and_remarks_are_notes() -> None:
    late = told(CALL)
    assert late.quote is not None
    known = {CALL.symbol: replace(late, quote=replace(late.quote, delayed=True))}
    remarks = ("21 of 22 contracts have no price now.",)

    text = drawn(chain_card(answered(told=known, remarks=remarks), NOON)).text

    assert "`PAPER` `DELAYED`" in text
    assert "21 of 22 contracts have no price now." in text


def test_the_buttons_are_the_neighbours_and_say_so() -> None:
    every = drawn(chain_card(answered(), NOON)).buttons
    edge = answered(expiries=DAYS[1:2], lower=None, higher=None)

    assert list(every) == [
        "◀ 11 Dec 2026",
        "24 Dec 2026 ▶",
        "Lower strikes",
        "Higher strikes",
        "Refresh",
    ]
    assert every["24 Dec 2026 ▶"]["custom_id"] == "fb:chain:AAPL:261224:both:-:187.5:"
    assert list(drawn(chain_card(edge, NOON)).buttons) == ["Refresh"]


def test_what_was_asked_for_stays_asked_for() -> None:
    one = answered()
    asked = replace(
        one.value.asked,
        right=OptionRight.PUT,
        low=Decimal(180),
        high=Decimal("190.5"),
        account="Paper",
    )
    card = chain_card(replace(one, value=replace(one.value, asked=asked)), NOON)

    custom_id = drawn(card).buttons["Refresh"]["custom_id"]

    assert custom_id == f"fb:chain:AAPL:261218:put:180-190.5:187.5:{one.account.value}"
    assert custom_ids.CHOICE.fullmatch(custom_id)


def test_an_account_whose_id_is_too_long_for_a_button_leaves_the_buttons_out() -> None:
    one = answered()
    long = replace(
        one.account, account=replace(one.account.account, account_id=AccountId("9" * 90))
    )
    asked = replace(one.value.asked, account="Paper")

    card = chain_card(replace(one, account=long, value=replace(one.value, asked=asked)), NOON)

    shown = drawn(card)
    shown.assert_fits()
    assert shown.buttons == {}
    assert shown.options == []


def one_contract(**fields: Any) -> Answered[OneContract]:
    """The call at the price."""
    known = told(CALL)
    one = OneContract(told=known, price=PRICE, greeks=known.greeks)
    return Answered(account=account(), instrument=CALL, value=replace(one, **fields))


def test_a_contract_says_what_one_costs_whose_the_greeks_are_and_how_to_trade_it() -> None:
    shown = drawn(contract_card(one_contract(), NOON, None))

    shown.assert_fits()
    assert "One contract stands for 100 AAPL: $530.00 at the ask." in shown.text
    assert "**Open interest** 1,204" in shown.text
    assert "Greeks (Somebody, just now)" in shown.text
    assert "**AAPL** $187.45, 3 s old" in shown.text
    assert shown.buttons["Buy"]["custom_id"] == f"fb:buy:{CALL.symbol}:"
    assert list(shown.buttons) == ["Buy", "Sell", "Chain", "Refresh"]
    for label in ("Buy", "Sell"):
        assert custom_ids.TRADE.fullmatch(shown.buttons[label]["custom_id"])
    assert custom_ids.CHOICE.fullmatch(shown.buttons["Chain"]["custom_id"])


def test_a_contract_s_greeks_have_their_own_age_and_say_that_they_are_delayed() -> None:
    known = one_contract().value.greeks
    assert known is not None
    late = replace(known, at=NOON - timedelta(minutes=15), delayed=True)

    shown = drawn(contract_card(one_contract(greeks=late), NOON, None))

    shown.assert_fits()
    assert "Greeks (Somebody, delayed, 15 min old)" in shown.text
    assert "Somebody, 5 s old" in shown.text


def test_a_contract_without_a_price_or_greeks_says_so() -> None:
    remark = "Greeks are not computed: bid and ask are not both there."
    bare = one_contract(told=OptionQuote(contract=CALL), greeks=None, remark=remark, price=None)

    text = drawn(contract_card(bare, NOON, None)).text

    assert "No quote is to be had." in text
    assert remark in text
    assert "Delta" not in text
    assert "$0" not in text

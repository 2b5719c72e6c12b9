"""Portfolio, lists of orders, settings, help, privacy, rules and failures."""

from dataclasses import replace

import pytest

from floorbroker.bot.replies.card import Tone
from floorbroker.bot.replies.error_cards import error_card
from floorbroker.bot.replies.list_cards import Listed, orders_card
from floorbroker.bot.replies.person_cards import help_card, privacy_card, settings_card
from floorbroker.bot.replies.portfolio_cards import (
    balance_card,
    portfolio_card,
    positions_card,
)
from floorbroker.bot.replies.rule_cards import policy_card
from floorbroker.domain.error_codes import ErrorCode, Sent
from floorbroker.domain.error_words import WORDS
from floorbroker.domain.errors import (
    BrokerConnectionError,
    FloorbrokerError,
    InvalidInput,
    SessionExpired,
)
from floorbroker.domain.ids import BrokerId, LinkId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.nothing_new import nothing_new
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Person, ServerPolicy
from floorbroker.domain.service_pause import ServicePause
from floorbroker.services.portfolio import Overview
from floorbroker.services.reachable import UnreachableLink
from tests.bot.drawn import account, brokers, drawn, holdings, order_in, position
from tests.domain.building import ANNA, NOON
from tests.e2e.world import settings

LIMITS = settings(DeploymentMode.MULTI_USER).limits
OVERVIEWS = (positions_card, balance_card, portfolio_card)


class _Coded(FloorbrokerError):
    """A failure with the code under test."""


@pytest.mark.parametrize("code", ErrorCode)
def test_every_failure_says_what_happened_whether_anything_was_sent_and_what_now(
    code: ErrorCode,
) -> None:
    words = WORDS[code]
    error = type("Coded", (_Coded,), {"code": code})(detail="secret detail")

    message = drawn(error_card(error))

    plain = message.text.replace("\\", "")
    assert words.title in plain
    assert words.happened in plain
    assert f"**Sent?** {words.sent.value}" in plain
    assert f"**Now** {words.now}" in plain
    assert code.value in plain
    assert "secret detail" not in plain
    assert message.buttons == {}
    message.assert_fits()


def test_a_failure_that_may_have_sent_something_never_says_that_nothing_was_sent() -> None:
    for code in (ErrorCode.OUTCOME_UNKNOWN, ErrorCode.UNKNOWN):
        assert WORDS[code].sent in {Sent.MAYBE, Sent.UNSURE}


def test_the_words_of_an_error_itself_go_before_those_of_its_code() -> None:
    message = drawn(error_card(BrokerConnectionError("The line is dead.")))

    assert "The line is dead." in message.text
    assert "Unable to connect to broker" not in message.text


@pytest.mark.parametrize("make", OVERVIEWS)
def test_a_portfolio_says_whether_its_money_is_real(make: object) -> None:
    both = [
        holdings(position("AAPL"), of=account(1)),
        holdings(position("MSFT"), of=account(2, "Real", environment=Environment.LIVE)),
    ]

    first = drawn(make(Overview(holdings=both, failed=[]), NOON)).texts[0]  # type: ignore[operator] # one of the three

    assert "`LIVE`" in first
    assert "`PAPER`" in first


@pytest.mark.parametrize("make", OVERVIEWS)
def test_an_account_that_does_not_answer_is_named_beside_those_that_do(make: object) -> None:
    failed = UnreachableLink(link=account(2, "Broken").link, error=BrokerConnectionError())
    overview = Overview(holdings=[holdings(position("AAPL"))], failed=[failed])

    card = make(overview, NOON)  # type: ignore[operator] # one of the three

    assert card.tone is Tone.CAUTION
    assert "Broken is missing: Unable to connect to broker" in drawn(card).text


def test_positions_that_could_not_be_read_are_not_called_none() -> None:
    failed = UnreachableLink(link=account(2, "Broken").link, error=BrokerConnectionError())

    text = drawn(positions_card(Overview(holdings=[], failed=[failed]), NOON)).text

    assert "No open positions" not in text
    assert "`PAPER`" in text


def test_positions_show_profit_and_loss_and_can_be_closed() -> None:
    overview = Overview(
        holdings=[holdings(position("AAPL"), position("MSFT", "-5"), position("KO", price=None))],
        failed=[],
    )

    message = drawn(positions_card(overview, NOON))

    assert "+$500.00 (+33.3 %)" in message.text
    assert "−$250.00 (−33.3 %)" in message.text
    assert set(message.buttons) == {"Close AAPL", "Close MSFT", "Close KO"}
    [unpriced] = [
        line for line in message.text.splitlines() if "KO" in line and "Close" not in line
    ]
    assert "at $" not in unpriced
    assert "%" not in unpriced


def test_balances_show_cash_equity_and_buying_power() -> None:
    text = drawn(balance_card(Overview(holdings=[holdings()], failed=[]), NOON)).text

    for part in ("Cash", "$1,000.00", "Equity", "$9,000.00", "Buying power", "$2,000.00"):
        assert part in text
    assert "−$12.50" in text


def test_a_portfolio_adds_up_by_currency() -> None:
    two = [holdings(of=account(1)), holdings(of=account(2))]

    text = drawn(portfolio_card(Overview(holdings=two, failed=[]), NOON)).text

    assert "$18,000.00" in text


def test_a_portfolio_adds_up_what_is_unrealised_by_kind_of_money_and_currency() -> None:
    euros = position("SAP", price="140")
    euros = replace(euros, instrument=replace(euros.instrument, currency="EUR"))
    paper = [holdings(position("AAPL"), euros), holdings(position("KO"), of=account(2))]
    live = holdings(
        position("TSLA", quantity="-1", price="160"), of=account(3, environment=Environment.LIVE)
    )

    alone = drawn(portfolio_card(Overview(holdings=paper, failed=[]), NOON)).text
    both = drawn(portfolio_card(Overview(holdings=[*paper, live], failed=[]), NOON)).text

    assert "**Unrealised** −€100.00" in alone
    assert "**Unrealised** +$1,000.00" in alone
    assert "**Unrealised LIVE** −$10.00" in both
    assert "**Unrealised PAPER** +$1,000.00" in both


def test_one_position_without_a_price_or_cost_leaves_its_currency_s_sum_unknown() -> None:
    euros = position("SAP", price="140")
    euros = replace(euros, instrument=replace(euros.instrument, currency="EUR"))
    costless = replace(position("MSFT"), average_price=None)
    for silent in (position("KO", price=None), costless):
        for order in ((position("AAPL"), silent), (silent, position("AAPL"))):
            overview = Overview(holdings=[holdings(*order, euros)], failed=[])

            text = drawn(portfolio_card(overview, NOON)).text

            assert "**Unrealised** unknown in USD" in text
            assert "**Unrealised** −€100.00" in text
            assert "one position has no price or no known cost" in text


def test_a_portfolio_leads_to_what_is_realised_by_period() -> None:
    empty = drawn(portfolio_card(Overview(holdings=[holdings()], failed=[]), NOON)).text

    assert "**Realised** by day, week, month and year: /history" in empty
    assert "Unrealised" not in empty


def test_hidden_dust_is_in_the_sum_of_what_is_unrealised() -> None:
    overview = Overview(holdings=[holdings(position("PENNY", "10", "0.01"))], failed=[])

    text = drawn(portfolio_card(overview, NOON, hide_dust=True)).text

    assert "**Unrealised** −$1,499.90" in text


def test_each_order_is_listed_once_and_with_its_badge() -> None:
    working, ended = order_in(OrderState.ACCEPTED), order_in(OrderState.FILLED)

    text = drawn(orders_card(Listed(working=[working], recent=[working, ended]))).text

    assert text.count("Buy 10 AAPL") == 2
    assert text.index("accepted") < text.index("Recent") < text.index("filled")
    assert "`PAPER`" in text


def test_the_code_of_a_failure_opens_its_explanation_where_there_is_a_page() -> None:
    address = "https://bot.example.com/errors"

    with_page = drawn(error_card(SessionExpired(), address))
    without = drawn(error_card(SessionExpired()))

    assert f"-# Code [SESSION\\_EXPIRED]({address}#SESSION_EXPIRED)" in with_page.text
    assert "-# Code SESSION\\_EXPIRED" in without.text
    assert "](" not in without.text
    with_page.assert_fits()


def test_a_refused_credential_can_be_renewed_from_the_card() -> None:
    error = SessionExpired(broker="alpaca")
    assert not drawn(error_card(error)).buttons

    error.link_id = LinkId("a1b2")

    card = drawn(error_card(error))
    assert card.buttons["Link again"]["custom_id"] == "fb:renew:a1b2"
    card.assert_fits()


def test_a_failure_tells_what_is_known_of_it_rather_than_what_its_code_says() -> None:
    with pytest.raises(InvalidInput) as told, nothing_new():
        raise InvalidInput("Whether the broker has this order is still being checked.")

    text = drawn(error_card(told.value)).text
    assert "What was sent before is as it was." in text


@pytest.mark.parametrize("live_offered", [True, False])
@pytest.mark.parametrize("on", [True, False])
def test_each_switch_of_the_settings_has_one_button_that_turns_it(
    on: bool, live_offered: bool
) -> None:
    person = Person(user_id=ANNA, live=on, paused=on, always_private=on, notify=on)

    card = settings_card(
        person, limits=LIMITS, live_offered=live_offered, pause=ServicePause(), policy=None
    )

    turned = {one.custom_id for one in card.buttons} - {"fb:show:notifications"}
    state = "off" if on else "on"
    names = ["paused", "always_private", *(["live"] if live_offered else [])]
    assert turned == {f"fb:set:{name}.{state}" for name in names}
    assert (card.badges == ("PAUSED",)) is on
    drawn(card).assert_fits()


def test_the_operators_pause_is_told_apart_from_ones_own() -> None:
    card = settings_card(
        Person(user_id=ANNA),
        limits=LIMITS,
        live_offered=False,
        pause=ServicePause(everybody=True),
        policy=ServerPolicy(guild_id="1", public_results=True),
    )

    text = drawn(card).text
    assert "paused by the operator for everybody" in text
    assert "posted by this server's rule" in text.replace("\\", "")


@pytest.mark.parametrize(
    ("has_live", "offered", "policy", "works"),
    [
        (True, True, None, True),
        (True, False, None, False),
        (True, True, ServerPolicy(guild_id="1"), False),
        (True, True, ServerPolicy(guild_id="1", live=True), True),
        (False, False, None, True),
    ],
)
def test_a_pause_says_where_closing_with_real_money_does_not_work(
    has_live: bool, offered: bool, policy: ServerPolicy | None, works: bool
) -> None:
    card = settings_card(
        Person(user_id=ANNA, live=True, paused=True),
        limits=LIMITS,
        live_offered=offered,
        pause=ServicePause(brokers=frozenset({BrokerId("kraken")})),
        policy=policy,
        has_live=has_live,
    )

    text = drawn(card).text
    assert ("but with real money not here" not in text) is works
    assert text.count("closing a position still works") == 2
    drawn(card).assert_fits()


@pytest.mark.parametrize("mode", DeploymentMode)
def test_help_and_privacy_fit_and_name_every_broker(mode: DeploymentMode) -> None:
    listed = brokers(mode)

    for card in (help_card(listed), privacy_card()):
        drawn(card).assert_fits()
    text = drawn(help_card(listed)).text.replace("\\", "")
    assert all(one.spec.name in text for one in listed)


def test_rules_are_told_in_words() -> None:
    strict, live = ServerPolicy(guild_id="1"), ServerPolicy(guild_id="1", live=True)
    suspended = ServerPolicy(guild_id="1", suspended=True)

    assert "not allowed" in drawn(policy_card(strict, NOON)).text
    assert "**Live orders** allowed" in drawn(policy_card(live, NOON)).text
    assert "paused by the operator" in drawn(policy_card(suspended, NOON)).text

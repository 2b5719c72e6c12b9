"""Cards of limits, of what is at stake and of a server's rules: true, readable, within bounds."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from floorbroker.bot.replies.card import Tone
from floorbroker.bot.replies.risk_cards import limits_card, risk_card
from floorbroker.bot.replies.rule_cards import policy_card
from floorbroker.domain.errors import BrokerConnectionError
from floorbroker.domain.exposure import Stake, ValueAtRisk, exposure
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.own_limits import NAMES, OwnLimits, StandingLimits, tightest
from floorbroker.domain.people import ServerPolicy
from floorbroker.domain.risk import DayLoss
from floorbroker.services.limit_choices import LimitsView
from floorbroker.services.portfolio import Overview
from floorbroker.services.reachable import UnreachableLink
from floorbroker.services.risk import Part, RiskView
from tests.bot.drawn import account, drawn, holdings, position
from tests.domain.building import NOON
from tests.e2e.world import settings

D = Decimal
DAY = timedelta(days=1)
TRADERS, GONE, DESK = "700000000000000001", "700000000000000002", "700000000000000003"
OPERATOR = settings(DeploymentMode.MULTI_USER).limits
EVERY = OwnLimits(
    max_order_value=D(500),
    max_position_value=D(1_000),
    max_orders_per_day=5,
    max_daily_loss=D(50),
    max_concentration_percent=D(20),
    price_collar_percent=D("1.5"),
    allowed_symbols=frozenset(f"SYM{number}" for number in range(100)),
    denied_symbols=frozenset({"TSLA", "GME"}),
    only_in_market_hours=True,
)
NOTHING = dict.fromkeys(NAMES)


def view(own: OwnLimits | None = None, server: OwnLimits | None = None) -> LimitsView:
    return LimitsView(
        limits=tightest(OPERATOR, server, own),
        orders_today=3,
        own=StandingLimits(now=own or OwnLimits()),
        servers=None if server is None else StandingLimits(now=server),
    )


def part(**changes: Any) -> Part:
    stakes = [
        Stake(symbol="AAPL", value=D(6_000), profit=D(100)),
        Stake(symbol="TSLA", value=D(-3_000), profit=D(-250)),
    ]
    usual: dict[str, Any] = {
        "environment": Environment.PAPER,
        "exposure": exposure(stakes, D(5_000)),
        "at_risk": ValueAtRisk(amount=D("123.456"), days=60),
        "margin_used": D(4_500),
    }
    return Part(**{**usual, **changes})


def risk(*parts: Part, **changes: Any) -> RiskView:
    overview = Overview(holdings=[holdings(position("AAPL"))], failed=[])
    loss = DayLoss(amount=D("12.5"), basis="by your broker's figure")
    usual: dict[str, Any] = {
        "overview": overview,
        "parts": parts,
        "losses": (("Paper · 0001", loss),),
    }
    return RiskView(**{**usual, **changes})


def shown(*parts: Part, limits: LimitsView | None = None, **changes: Any) -> str:
    message = drawn(risk_card(limits or view(), risk(*parts, **changes), "", NOON))
    message.assert_fits()
    return message.text.replace("\\", "")


def test_each_limit_is_told_with_whose_it_is() -> None:
    own, server = OwnLimits(max_order_value=D(500)), OwnLimits(max_orders_per_day=9)

    text = drawn(limits_card(view(own, server), NOON)).text

    assert "**One order** up to $500.00 · your own" in text
    assert "**Orders a day** 9 · this server's" in text
    assert "**One position** up to $100,000.00 · the operator's" in text
    assert "**Orders today** 3 of 9" in text
    assert "Concentration" not in text


def test_lists_that_share_nothing_are_told_as_nothing() -> None:
    own = OwnLimits(allowed_symbols=frozenset({"AAPL"}))
    server = OwnLimits(allowed_symbols=frozenset({"MSFT"}))

    text = drawn(limits_card(view(own, server), NOON)).text

    assert "**Only** no symbol · this server's and your own" in text


def test_a_raise_is_told_with_the_moment_it_holds() -> None:
    standing = StandingLimits(now=EVERY).changed(NOTHING, NOON, DAY)
    waiting = replace(view(EVERY), own=standing)

    message = drawn(limits_card(waiting, NOON))

    message.assert_fits()
    assert "**Your raises, still waiting**" in message.text
    assert f"**One order: removed** <t:{int((NOON + DAY).timestamp())}:R>" in message.text
    later = drawn(limits_card(waiting, NOON + DAY)).text
    assert "waiting" not in later


def test_what_is_at_stake_is_told_in_figures() -> None:
    text = shown(part(), limits=view(EVERY))

    for line in (
        "At stake · PAPER",
        "**Equity** $5,000.00",
        "**Exposure** $9,000.00 gross, $3,000.00 net",
        "**Leverage** 1.80 × equity",
        "**Largest holding** AAPL $6,000.00, 120.0 % of equity",
        "**Largest loss** TSLA −$250.00, unrealised",
        "**Margin in use** $4,500.00, 90.0 % of equity",
        "**Value at risk** about $123.46 in a day (95 %), an estimate from 60 days",
        "**Today · Paper · 0001** −$12.50, limit −$50.00 (by your broker's figure)",
    ):
        assert line in text


def test_what_nobody_knows_is_said_and_never_a_zero() -> None:
    unknown = part(
        exposure=exposure([Stake(symbol="KO", value=D(10))], D(0)),
        at_risk=None,
        margin_used=None,
        without_bars=("KO",),
        unpriced=("XYZ",),
        foreign=("SAP",),
    )
    losses = (("Paper", DayLoss(amount=None, basis="the account is in EUR")),)

    text = shown(unknown, losses=losses)

    assert "**Leverage** not known" in text
    assert "**Value at risk** cannot be estimated: too few daily prices" in text
    assert "**Margin in use** your broker does not tell" in text
    assert "**Today · Paper** not known: the account is in EUR" in text
    assert "Not in the value at risk, for want of daily prices (PAPER): KO." in text
    assert "Without a price and in no figure (PAPER): XYZ." in text
    assert "In another currency and in no figure (PAPER): SAP." in text


def test_a_margin_that_some_accounts_do_not_tell_is_no_share_of_the_whole() -> None:
    text = shown(part(margin_untold=("Schwab",)))

    assert "**Margin in use** $4,500.00 (without Schwab)" in text


def test_an_empty_account_has_nothing_at_risk() -> None:
    text = shown(part(exposure=exposure([], D(100)), at_risk=None))

    assert "**Value at risk** nothing is held" in text
    assert "Largest" not in text


def test_the_fullest_card_fits_and_a_broker_that_is_missing_is_named() -> None:
    many = tuple(f"SYMBOL{number}" for number in range(200))
    failed = UnreachableLink(link=account(2, "Broken").link, error=BrokerConnectionError())
    overview = Overview(holdings=[holdings(position("AAPL"))], failed=[failed])
    standing = StandingLimits(now=EVERY).changed(NOTHING, NOON, DAY)
    full = replace(view(EVERY, EVERY), own=standing, servers=standing)

    card = risk_card(
        full,
        risk(
            part(without_bars=many, unpriced=many, foreign=many),
            part(environment=Environment.LIVE, without_bars=many),
            overview=overview,
        ),
        "",
        NOON,
    )

    message = drawn(card)
    message.assert_fits()
    assert card.tone is Tone.CAUTION
    assert "Broken is missing" in message.text
    assert "and 188 more" in message.text


def test_limits_are_shown_without_an_account_too() -> None:
    text = drawn(risk_card(view(), None, "What is at stake is not known: no account.", NOON)).text

    assert "What is at stake is not known" in text
    assert "One order" in text


def test_a_servers_rules_are_told_by_name_and_what_is_gone_is_told_where_it_is_known() -> None:
    policy = ServerPolicy(
        guild_id="1",
        brokers=frozenset({BrokerId("paper"), BrokerId("alpaca")}),
        roles=frozenset({TRADERS, GONE}),
        channels=frozenset({DESK}),
        limits=StandingLimits(now=OwnLimits(max_order_value=D(100))).changed(
            {"max_order_value": D(200)}, NOON, DAY
        ),
    )

    message = drawn(policy_card(policy, NOON, {TRADERS, DESK}))
    elsewhere = drawn(policy_card(policy, NOON)).text

    message.assert_fits()
    text = message.text.replace("\\", "")
    assert "**Brokers** Alpaca, Paper" in text
    assert f"**Who** <@&{TRADERS}>, 1 deleted" in text
    assert f"**Where** <#{DESK}>" in text
    assert f"**Who** <@&{TRADERS}>, <@&{GONE}>\n" in elsewhere
    assert "**One order** up to $100.00" in text
    assert "**One order: up to $200.00** <t:" in text


def test_a_server_without_rules_says_that_everything_is_open() -> None:
    text = drawn(policy_card(ServerPolicy(guild_id="1"), NOON)).text

    assert "**Brokers** all" in text
    assert "**Who** everybody" in text
    assert "**Where** every channel" in text


def test_the_role_that_everybody_has_is_named() -> None:
    policy = ServerPolicy(guild_id=TRADERS, roles=frozenset({TRADERS}))

    text = drawn(policy_card(policy, NOON)).text.replace("\u200b", "")

    assert "**Who** @everyone\n" in text


def test_the_fullest_rules_fit() -> None:
    ids = frozenset(str(10**19 + number) for number in range(50))
    policy = ServerPolicy(
        guild_id="1",
        roles=ids,
        channels=ids,
        limits=StandingLimits(now=EVERY).changed(NOTHING, NOON, DAY),
    )

    drawn(policy_card(policy, NOON)).assert_fits()

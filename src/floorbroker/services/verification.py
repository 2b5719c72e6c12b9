"""Shows on a person's own paper or sandbox account that a broker's adapter keeps its promises.

Reads first; then, unless only reading was asked for, one limit buy far below the market: placed
once, found by our own id, canceled once, read back until it is gone. What comes out can be
published: it holds no number of an account, no key, no amount of money and no id of a person.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import InvalidInput, NotLinked, PolicyRefused
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules, parse_symbol
from floorbroker.domain.market import Market, MarketHours, Quote
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.observability.metrics import Metrics
from floorbroker.services.far_order import far_order
from floorbroker.services.verification_order import OneOrder, Surroundings
from floorbroker.services.verification_steps import (
    ABOUT_THE_ORDER,
    Listener,
    Pace,
    Step,
    StepFailed,
    StepName,
    StepResult,
    Steps,
)

USUAL_SYMBOLS: Final = ((AssetClass.EQUITY, "AAPL"), (AssetClass.CRYPTO, "BTC/USD"))
"""What is looked at and ordered where nobody names anything, the first that fits."""

Choose = Callable[[Sequence[BrokerAccount]], BrokerAccount]


def first_account(accounts: Sequence[BrokerAccount]) -> BrokerAccount:
    """The one that the broker lists first.

    Raises:
        NotLinked: There is none.
    """
    if not accounts:
        raise NotLinked("This link reaches no account.")
    return accounts[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be verified.

    Attributes:
        symbol: What to look at and to order; None for a usual one of the broker's markets.
        read_only: Nothing is placed; the one way on an account with real money.
        choose: Which of the link's accounts.
    """

    symbol: str | None = None
    read_only: bool = False
    choose: Choose = first_account


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What came out.

    Attributes:
        order: The one that was placed, as it was last seen; None if none was sent. It holds ids of
            the person and of the account: the steps and `left` are what can be published.
        left: What may be left at the broker; empty if it is nothing.
    """

    spec: BrokerSpec
    environment: Environment
    symbol: str
    read_only: bool
    steps: tuple[Step, ...]
    order: Order | None
    left: str

    @property
    def ok(self) -> bool:
        """Whether everything that was asked for was done and nothing of it failed."""
        last = StepName.QUOTE if self.read_only else StepName.NOTHING_LEFT
        ended = {step.name: step.result for step in self.steps}
        skipped = ended[last] is StepResult.SKIPPED and not self.read_only
        return not skipped and StepResult.FAILED not in ended.values()


def check_may_verify(spec: BrokerSpec, environment: Environment, *, read_only: bool) -> None:
    """Orders are placed with practice money only.

    Raises:
        PolicyRefused: It is a live account, and an order would be placed.
    """
    if environment is Environment.PAPER or read_only:
        return
    practice = "" if Environment.PAPER in spec.environments else f" {spec.name} has no paper one."
    raise PolicyRefused(
        "This account trades real money, and an order would be placed: only a paper account is "
        f"verified with one.{practice} With --read-only nothing is placed."
    )


def usual_symbol(spec: BrokerSpec) -> str:
    """What is verified where nobody names anything.

    Raises:
        InvalidInput: The broker trades nothing that everybody knows.
    """
    for asset_class, symbol in USUAL_SYMBOLS:
        if asset_class in spec.asset_classes:
            return symbol
    raise InvalidInput(f"Name a symbol that {spec.name} trades.")


async def verified(  # an adapter, its surroundings, and what to do with it
    adapter: BrokerAdapter,
    spec: BrokerSpec,
    link: Link,
    *,
    clock: Clock,
    plan: Plan | None = None,
    metrics: Metrics | None = None,
    listener: Listener | None = None,
    pace: Pace | None = None,
) -> Verification:
    """Verifies `adapter`, which is not connected yet and is left for the caller to close.

    Raises:
        PolicyRefused: `link` trades real money and an order would be placed; nothing was asked.
        InvalidInput: The symbol cannot be one; nothing was asked.
    """
    plan = plan or Plan()
    check_may_verify(spec, link.environment, read_only=plan.read_only)
    symbol = parse_symbol(plan.symbol) if plan.symbol else usual_symbol(spec)
    around = Surroundings(
        adapter=adapter,
        spec=spec,
        link=link,
        clock=clock,
        metrics=metrics or Metrics(),
        pace=pace or Pace(),
        listener=listener or Listener(),
    )
    steps = Steps(clock, around.pace, around.listener)
    order = OneOrder(around, steps)
    found = await _read(around, steps, plan.choose, symbol)
    if plan.read_only:
        steps.leave_out(ABOUT_THE_ORDER, "only reading was asked for")
    elif found is not None:
        make = partial(far_order, spec, found.instrument, found.rules, found.quote)
        await order.live(found.account, make)
    steps.leave_out(tuple(StepName), "a step before it did not succeed")
    return Verification(
        spec=spec,
        environment=link.environment,
        symbol=symbol,
        read_only=plan.read_only,
        steps=steps.all(),
        order=order.order,
        left=order.left(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What an order needs."""

    account: BrokerAccount
    instrument: Instrument
    rules: InstrumentRules
    quote: Quote


async def _read(around: Surroundings, steps: Steps, choose: Choose, symbol: str) -> _Found | None:
    """Every read, those that do not need each other whatever the others did.

    Returns:
        None if one of them failed: nothing is ordered then.
    """
    try:
        await steps.read(StepName.CONNECT, around.adapter.connect)
        account = await steps.read(StepName.ACCOUNTS, partial(_account, around.adapter, choose))
    except StepFailed:
        return None
    await _read_account(around.adapter, steps, account)
    try:
        instrument = await steps.read(
            StepName.INSTRUMENT, lambda: around.adapter.instrument(symbol)
        )
    except StepFailed:
        return None
    rules, quote = await _read_market(around, steps, instrument)
    if steps.failed or rules is None or quote is None:
        return None
    return _Found(account=account, instrument=instrument, rules=rules, quote=quote)


async def _account(adapter: BrokerAdapter, choose: Choose) -> BrokerAccount:
    return choose(await adapter.accounts())


async def _read_account(adapter: BrokerAdapter, steps: Steps, account: BrokerAccount) -> None:
    with suppress(StepFailed):
        await steps.read(StepName.BALANCES, lambda: adapter.balances(account))
    with suppress(StepFailed):
        await steps.read(StepName.POSITIONS, lambda: adapter.positions(account))
    with suppress(StepFailed):
        await steps.read(StepName.OPEN_ORDERS, lambda: adapter.open_orders(account))


async def _read_market(
    around: Surroundings, steps: Steps, instrument: Instrument
) -> tuple[InstrumentRules | None, Quote | None]:
    adapter, offered = around.adapter, around.spec.capabilities
    rules: InstrumentRules | None = None
    quote: Quote | None = None
    with suppress(StepFailed):
        rules = await steps.read(StepName.RULES, lambda: adapter.instrument_rules(instrument))
    market = _market_of(instrument)
    if Capability.MARKET_HOURS not in offered or market is None:
        steps.leave_out((StepName.MARKET_HOURS,), "not offered")
    else:
        with suppress(StepFailed):
            await steps.read(StepName.MARKET_HOURS, lambda: adapter.market_hours(market), _open)
    if Capability.QUOTES not in offered:
        steps.leave_out((StepName.QUOTE,), "not offered")
    else:
        with suppress(StepFailed):
            quote = await steps.read(
                StepName.QUOTE,
                lambda: adapter.quote(instrument),
                lambda told: _age(told, around.clock),
            )
    return rules, quote


def _market_of(instrument: Instrument) -> Market | None:
    return {
        AssetClass.EQUITY: Market.US_EQUITIES,
        AssetClass.OPTION: Market.US_EQUITIES,
        AssetClass.CRYPTO: Market.CRYPTO,
    }.get(instrument.asset_class)


def _open(hours: MarketHours) -> str:
    return "open now" if hours.open_now else "closed now"


def _age(quote: Quote, clock: Clock) -> str:
    kind = "delayed, " if quote.delayed else ""
    return f"{kind}{quote.age(clock.now()).total_seconds():.0f} s old"

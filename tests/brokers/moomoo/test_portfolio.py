"""Accounts, money and holdings."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.moomoo import mapping
from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.moomoo.refusals import Garbled
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import usd
from tests.brokers.moomoo.at_moomoo import CALL, CALL_CODE, adapter_in, context_at
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.opend import LIVE_ID, PAPER_ID, REAL, Account, OpenDSimulator
from tests.simulators.opend.vendor import messages

PAPER, LIVE = Environment.PAPER, Environment.LIVE


async def test_a_paper_link_has_the_paper_account_and_a_live_link_the_other(
    adapter: MoomooAdapter, live: MoomooAdapter
) -> None:
    (paper,) = await adapter.accounts()
    (real,) = await live.accounts()

    assert (paper.account_id, paper.number) == (str(PAPER_ID), str(PAPER_ID))
    assert (real.account_id, real.number) == (str(LIVE_ID), "1001100510520263")
    assert paper.may_short
    assert paper.currency == real.currency == "USD"


async def test_accounts_of_other_firms_disabled_ones_and_cash_accounts(
    clock: ManualClock, gateways: Gateways, transport: Transport
) -> None:
    accounts = (
        Account(acc_id=10, trd_env=REAL),
        Account(acc_id=11, trd_env=REAL, security_firm="FUTUSG"),
        Account(acc_id=12, trd_env=REAL, active=False),
        Account(acc_id=13, trd_env=REAL, markets=("HK",)),
        Account(acc_id=14, trd_env=REAL, acc_type="CASH"),
    )
    async with OpenDSimulator(now=clock.now, accounts=accounts) as simulator:
        adapter = adapter_in(
            context_at(simulator, clock, environment=LIVE, gateways=gateways, transport=transport)
        )
        await adapter.connect()

        found = {one.account_id: one.may_short for one in await adapter.accounts()}

    assert found == {AccountId("10"): True, AccountId("14"): False}


async def test_a_firm_without_an_account_is_told_with_the_one_that_has_it(
    simulator: OpenDSimulator, clock: ManualClock, gateways: Gateways, transport: Transport
) -> None:
    context = context_at(
        simulator,
        clock,
        environment=LIVE,
        gateways=gateways,
        transport=transport,
        options={"opend_security_firm": "FUTUSG"},
    )
    adapter = adapter_in(context)

    with pytest.raises(BrokerError, match="set OPEND_SECURITY_FIRM=FUTUINC"):
        await adapter.connect()

    assert not adapter.status().healthy
    # Paper accounts are of no firm.
    await adapter_in(replace(context, environment=PAPER)).connect()


async def test_a_setting_that_names_no_firm_is_told_before_anything_is_opened(
    simulator: OpenDSimulator, clock: ManualClock, gateways: Gateways, transport: Transport
) -> None:
    context = context_at(
        simulator,
        clock,
        gateways=gateways,
        transport=transport,
        options={"opend_security_firm": "MOOMOO"},
    )

    with pytest.raises(BrokerError, match="OPEND_SECURITY_FIRM is MOOMOO"):
        await adapter_in(context).connect()

    assert simulator.connections_made == 0


async def test_somebody_without_a_paper_account_hears_where_to_open_one(
    clock: ManualClock, gateways: Gateways, transport: Transport
) -> None:
    accounts = (Account(acc_id=10, trd_env=REAL),)
    async with OpenDSimulator(now=clock.now, accounts=accounts) as simulator:
        adapter = adapter_in(context_at(simulator, clock, gateways=gateways, transport=transport))

        with pytest.raises(BrokerError, match="Open paper trading in the moomoo app"):
            await adapter.connect()


async def test_balances_are_in_dollars(adapter: MoomooAdapter, simulator: OpenDSimulator) -> None:
    simulator.set_cash(PAPER_ID, "5000.25")
    simulator.hold(PAPER_ID, "US.AAPL", 10, "150")
    (account,) = await adapter.accounts()

    told = await adapter.balances(account)

    assert told.cash == usd("5000.25")
    assert told.equity == usd("6899.75")
    assert told.buying_power.amount > told.cash.amount
    assert told.as_of == NOON


def test_balances_in_something_else_are_not_called_dollars() -> None:
    told = messages("Trd_Common").Funds(
        power=1,
        totalAssets=1,
        cash=1,
        marketVal=0,
        frozenCash=0,
        debtCash=0,
        avlWithdrawalCash=0,
        currency=1,
    )

    with pytest.raises(Garbled):
        mapping.balances(told, NOON)


async def test_a_holding_has_its_cost_its_price_and_its_profit(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.hold(PAPER_ID, "US.AAPL", 10, "150")
    (account,) = await adapter.accounts()

    (held,) = await adapter.positions(account)

    assert (held.quantity, held.average_price) == (Decimal(10), Decimal(150))
    assert held.market_price == Decimal("189.95")
    assert held.profit == Decimal("399.50")


async def test_a_short_holding_is_below_zero(
    live: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.hold(LIVE_ID, "US.AAPL", -10, "150")
    (account,) = await live.accounts()

    (held,) = await live.positions(account)

    assert held.quantity == Decimal(-10)
    assert held.profit == Decimal("-399.50")


async def test_a_contract_goes_by_the_name_that_everybody_uses(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.hold(PAPER_ID, CALL_CODE, 2, "5")
    (account,) = await adapter.accounts()

    (held,) = await adapter.positions(account)

    assert held.instrument.symbol == CALL.symbol
    assert (held.instrument.strike, held.instrument.right) == (CALL.strike, CALL.right)
    assert held.profit == Decimal(200)


@pytest.mark.parametrize(
    ("sign", "side", "expected"), [(5.0, 1, -5), (-5.0, 1, -5), (5.0, 0, 5), (5.0, -1, 5)]
)
def test_the_side_of_a_holding_decides_whatever_sign_its_quantity_has(
    sign: float, side: int, expected: int
) -> None:
    told = messages("Trd_Common").Position(
        positionID=1,
        positionSide=side,
        code="AAPL",
        name="Apple",
        qty=sign,
        canSellQty=0,
        price=190.0,
        val=0,
        plVal=0,
        secMarket=2,
    )

    (held,) = mapping.positions([told], NOON)

    assert held.quantity == expected
    assert held.average_price is None


def test_what_is_not_traded_here_is_told_in_brackets() -> None:
    told = messages("Trd_Common").Position(
        positionID=1,
        positionSide=0,
        code="00700",
        name="Tencent",
        qty=100,
        canSellQty=100,
        price=400.0,
        val=40000,
        plVal=0,
        secMarket=1,
    )

    (held,) = mapping.positions([told], NOON)

    assert held.instrument.symbol == "(00700)"
    assert (held.market_price, held.market_value) == (None, None)

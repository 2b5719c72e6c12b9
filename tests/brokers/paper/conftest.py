"""A paper adapter on books in memory, with a clock and faults in the test's hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from floorbroker.brokers.paper.adapter import ACCOUNT, PaperAdapter
from floorbroker.brokers.paper.credentials import PaperCredentials
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Found, OrderRequest, Receipt
from tests.brokers.fakes.surroundings import context as surroundings
from tests.contract.placing import USER, sending
from tests.fakes.clock import ManualClock
from tests.fakes.paper_books import MemoryPaperBooks

MakeAdapter = Callable[..., PaperAdapter]
MakeOrder = Callable[..., Order]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def books() -> MemoryPaperBooks:
    return MemoryPaperBooks()


@pytest.fixture
def make_adapter(clock: ManualClock, books: MemoryPaperBooks) -> MakeAdapter:
    """Another adapter of the same link, as another process would have one."""

    def make(**options: Any) -> PaperAdapter:
        user_id = options.pop("user_id", USER)
        usual = surroundings(clock, **{"latency_seconds": 0, **options})
        context = replace(usual, user_id=user_id, paper_books=books)
        return PaperAdapter(context, PaperCredentials())

    return make


@pytest.fixture
def adapter(make_adapter: MakeAdapter) -> PaperAdapter:
    return make_adapter()


@pytest.fixture
def order() -> MakeOrder:
    def make(request: OrderRequest, order_id: str | None = None) -> Order:
        return sending(
            request,
            account_id=ACCOUNT.account_id,
            broker="paper",
            order_id=None if order_id is None else OrderId(order_id),
        )

    return make


async def found(adapter: PaperAdapter, order: Order) -> Receipt:
    """Reads an order back that must be there."""
    answer = await adapter.find_order(order)
    assert isinstance(answer, Found)
    return answer.receipt

"""The accounts of the one person whom OpenD is logged in for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

SIMULATE: Final = "SIMULATE"
REAL: Final = "REAL"
CASH: Final = "CASH"
MARGIN: Final = "MARGIN"

PAPER_ID: Final = 1907581
LIVE_ID: Final = 281756460288713754

ENVIRONMENTS: Final = {SIMULATE: 0, REAL: 1}
TYPES: Final = {CASH: 1, MARGIN: 2}
FIRMS: Final = {
    "FUTUSECURITIES": 1,
    "FUTUINC": 2,
    "FUTUSG": 3,
    "FUTUAU": 4,
    "FUTUCA": 5,
    "FUTUMY": 6,
    "FUTUJP": 7,
}
MARKETS: Final = {"HK": 1, "US": 2, "CN": 3, "HKCC": 4, "FUTURES": 5, "SG": 6}
SIM_TYPES: Final = {"STOCK": 1, "OPTION": 2, "FUTURES": 3, "STOCK_AND_OPTION": 4}


@dataclass(slots=True, kw_only=True)
class Position:
    """What is held of one code.

    Attributes:
        quantity: Shares or contracts; below zero sold short.
        cost: Average price of one.
    """

    quantity: Decimal
    cost: Decimal
    id: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """One.

    Attributes:
        trd_env: SIMULATE or REAL.
        acc_type: CASH or MARGIN.
        markets: In which it trades; the SDK shows only accounts of its `filter_trdmarket`.
        sim_acc_type: Of a paper account; one of STOCK cannot trade options.
        cash: In US dollars.
        positions: By code, such as US.AAPL.
        active: A disabled account is listed with its status.
    """

    acc_id: int
    trd_env: str
    acc_type: str = MARGIN
    security_firm: str = "FUTUINC"
    markets: tuple[str, ...] = ("US",)
    card_num: str = ""
    uni_card_num: str = ""
    sim_acc_type: str = "STOCK_AND_OPTION"
    cash: Decimal = Decimal(100000)
    positions: dict[str, Position] = field(default_factory=dict)
    active: bool = True

    @property
    def is_paper(self) -> bool:
        """Otherwise it is money."""
        return self.trd_env == SIMULATE


def usual() -> Sequence[Account]:
    """A paper account for shares and options, and a live one."""
    return (
        Account(acc_id=PAPER_ID, trd_env=SIMULATE),
        Account(
            acc_id=LIVE_ID,
            trd_env=REAL,
            card_num="1001200163530138",
            uni_card_num="1001100510520263",
        ),
    )

"""What an account and a key are: as the wallet and the account endpoints show them."""

from collections.abc import Collection
from typing import Any

from tests.simulators.binance.fills import DISCOUNT, DISCOUNT_ASSET
from tests.simulators.binance.people import Balance, Person
from tests.simulators.binance.symbols import Symbol
from tests.simulators.binance.wire import ZERO, fixed, millis


def account(person: Person, *, at: int, assets: Collection[str]) -> dict[str, Any]:
    """`GET /api/v3/account`.

    Args:
        at: Its `updateTime`.
        assets: Those whose balance is shown though it is zero.
    """
    shown = {**{asset: Balance() for asset in assets}, **person.balances}
    return {
        "makerCommission": int(person.maker * 10_000),
        "takerCommission": int(person.taker * 10_000),
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": _rates(person),
        "canTrade": person.can_trade,
        "canWithdraw": person.can_withdraw,
        "canDeposit": person.can_deposit,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": at,
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": fixed(one.free), "locked": fixed(one.locked)}
            for asset, one in shown.items()
            if asset in assets or one.free or one.locked
        ],
        "permissions": list(person.permissions),
        "uid": person.uid,
    }


def commission(person: Person, symbol: Symbol) -> dict[str, Any]:
    """`GET /api/v3/account/commission`."""
    none = dict.fromkeys(("maker", "taker", "buyer", "seller"), fixed(ZERO))
    return {
        "symbol": symbol.name,
        "standardCommission": _rates(person),
        "specialCommission": none,
        "taxCommission": none,
        "discount": _discount(person),
    }


def rates_for_order(person: Person) -> dict[str, Any]:
    """`POST /api/v3/order/test` with `computeCommissionRates`."""
    none = {"maker": fixed(ZERO), "taker": fixed(ZERO)}
    return {
        "standardCommissionForOrder": {"maker": fixed(person.maker), "taker": fixed(person.taker)},
        "specialCommissionForOrder": none,
        "taxCommissionForOrder": none,
        "discount": _discount(person),
    }


def restrictions(person: Person) -> dict[str, Any]:
    """`GET /sapi/v1/account/apiRestrictions`.

    The names are those of Binance's own binance-connector-python
    (`clients/wallet/…/get_api_key_permission_response.py` at 0362ef1).
    """
    rights = person.rights
    return {
        "ipRestrict": rights.ip_restricted,
        "createTime": millis(person.created_at),
        "enableReading": rights.reading,
        "enableWithdrawals": rights.withdrawals,
        "enableInternalTransfer": rights.internal_transfer,
        "enableMargin": rights.margin,
        "enableFutures": rights.futures,
        "permitsUniversalTransfer": rights.universal_transfer,
        "enableVanillaOptions": False,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
        "enableSpotAndMarginTrading": rights.spot_trading,
        "enablePortfolioMarginTrading": False,
    }


def _rates(person: Person) -> dict[str, str]:
    return {
        "maker": fixed(person.maker),
        "taker": fixed(person.taker),
        "buyer": fixed(ZERO),
        "seller": fixed(ZERO),
    }


def _discount(person: Person) -> dict[str, Any]:
    return {
        "enabledForAccount": person.pays_in_bnb,
        "enabledForSymbol": True,
        "discountAsset": DISCOUNT_ASSET,
        "discount": fixed(DISCOUNT),
    }

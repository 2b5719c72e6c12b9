"""The methods that read balances, fees and the key."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from tests.simulators.kraken.asking import Answer, Ask, Route, result
from tests.simulators.kraken.desk import Desk
from tests.simulators.kraken.form import Form
from tests.simulators.kraken.funds import holds
from tests.simulators.kraken.people import Person
from tests.simulators.kraken.refusals import unknown_asset
from tests.simulators.kraken.wire import fixed

_ZERO: Final = Decimal(0)
_DEFAULT_DECIMALS: Final = 10


class AccountApi:
    """Answers to whoever looks at the account.

    Attributes:
        key_info_in_snake_case: Two clients that talk to Kraken read `api_key_name` and a
            `nonce_window` that is text; the docs have `apiKeyName` and a number.
    """

    def __init__(self, desk: Desk) -> None:
        """Reads only."""
        self.key_info_in_snake_case = False
        self._desk = desk

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("POST", "/0/private/Balance", self._balance),
            Route("POST", "/0/private/BalanceEx", self._balance_ex),
            Route("POST", "/0/private/TradeBalance", self._trade_balance),
            Route("POST", "/0/private/TradeVolume", self._trade_volume),
            Route("POST", "/0/private/GetApiKeyInfo", self._key_info),
        ]

    def _balance(self, ask: Ask) -> Answer:
        balances = ask.owner.person.balances
        return result({asset: self._text(asset, amount) for asset, amount in balances.items()})

    def _balance_ex(self, ask: Ask) -> Answer:
        """Credit lines are for few clients, and their fields are not here."""
        person = ask.owner.person
        held = holds(self._desk.open_of(person))
        return result(
            {
                asset: {
                    "balance": self._text(asset, amount),
                    "hold_trade": self._text(asset, held.get(asset, _ZERO)),
                }
                for asset, amount in person.balances.items()
            }
        )

    def _trade_balance(self, ask: Ask) -> Answer:
        """Without margin: no position, and all of the equity free. How `tb` weighs coins, and
        what `uv` counts for spot orders, is unverified."""
        asset = self._desk.market.catalogue.asset(Form.of_body(ask.body).text("asset") or "ZUSD")
        if asset is None:
            raise unknown_asset()
        total = self._worth(ask.owner.person, asset.id)
        nothing = fixed(_ZERO, 4)
        worth = fixed(total, 4)
        return result(
            {
                "eb": worth,
                "tb": worth,
                "m": nothing,
                "n": nothing,
                "c": nothing,
                "v": nothing,
                "e": worth,
                "mf": worth,
                "mfo": worth,
                "uv": nothing,
            }
        )

    def _trade_volume(self, ask: Ask) -> Answer:
        """Where fees are told: the lists of AssetPairs are empty (recorded on 2026-09-25)."""
        person = ask.owner.person
        pairs = [self._desk.pair(name) for name in Form.of_body(ask.body).words("pair")]
        volume: dict[str, Any] = {"currency": "ZUSD", "volume": "0.0000"}
        if pairs:
            volume["fees"] = {pair.id: _fee(person.taker_percent) for pair in pairs}
            volume["fees_maker"] = {pair.id: _fee(person.maker_percent) for pair in pairs}
        return result(volume)

    def _key_info(self, ask: Ask) -> Answer:
        key = ask.owner
        snake = self.key_info_in_snake_case
        info = {
            "api_key_name": key.label,
            "api_key": key.key,
            "nonce": str(key.nonce),
            "nonce_window": str(key.nonce_window) if snake else key.nonce_window,
            "permissions": sorted(key.permissions),
            "iban": "AA00 N00G 0000 0000",
            "valid_until": _unix(key.valid_until),
            "query_from": "0",
            "query_to": "0",
            "created_time": _unix(key.created_at),
            "modified_time": _unix(key.created_at),
            "ip_allowlist": list(key.ip_allowlist),
            "last_used": None if key.last_used is None else _unix(key.last_used),
        }
        return result(info if snake else {_camel(name): value for name, value in info.items()})

    def _text(self, asset: str, amount: Decimal) -> str:
        known = self._desk.market.catalogue.assets.get(asset)
        return fixed(amount, known.decimals if known else _DEFAULT_DECIMALS)

    def _worth(self, person: Person, asset: str) -> Decimal:
        """At the last prices; what no pair leads to `asset` counts nothing."""
        prices = self._prices_in(asset)
        return sum(
            (amount * prices.get(held, _ZERO) for held, amount in person.balances.items()), _ZERO
        )

    def _prices_in(self, asset: str) -> Mapping[str, Decimal]:
        prices = {asset: Decimal(1)}
        for pair in self._desk.market.catalogue.pairs.values():
            quote = self._desk.market.quote(pair)
            if quote is None:
                continue
            if pair.quote == asset:
                prices[pair.base] = quote.last
            elif pair.base == asset:
                prices[pair.quote] = 1 / quote.last
        return prices


def _fee(percent: Decimal) -> dict[str, Any]:
    """The last tier: nothing comes after it here."""
    text = fixed(percent, 4)
    return {
        "fee": text,
        "minfee": text,
        "maxfee": text,
        "nextfee": None,
        "nextvolume": None,
        "tiervolume": "0.0000",
    }


def _unix(at: datetime | None) -> str:
    return "0" if at is None else str(int(at.timestamp()))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)

"""What can be traded, and in which steps: the fields of /products as recorded in 2025 and 2026."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A pair; steps and bounds are strings as they are shown.

    Attributes:
        alias: The product whose book this one shares: BTC-USDC trades in that of BTC-USD, and
            settles in its own currency.
        status: "online", "offline" or "delisted".
    """

    base: str
    quote: str
    base_name: str = ""
    quote_name: str = "US Dollar"
    base_increment: str = "0.00000001"
    quote_increment: str = "0.01"
    price_increment: str = "0.01"
    base_min_size: str = "0.00000001"
    base_max_size: str = "3400"
    quote_min_size: str = "1"
    quote_max_size: str = "150000000"
    alias: str = ""
    status: str = "online"
    is_disabled: bool = False
    trading_disabled: bool = False
    cancel_only: bool = False
    limit_only: bool = False
    post_only: bool = False
    auction_mode: bool = False
    view_only: bool = False

    @property
    def id(self) -> str:
        """ "BTC-USD"."""
        return f"{self.base}-{self.quote}"

    @property
    def book(self) -> str:
        """The product whose prices are its own."""
        return self.alias or self.id

    def wire(self, price: str, *, aliases: Iterable[str], tradability: bool) -> dict[str, Any]:
        """One of /products.

        Args:
            tradability: Whether `view_only` is asked for; it is false otherwise.
        """
        flags = ("is_disabled", "cancel_only", "limit_only", "post_only", "trading_disabled")
        return {
            "product_id": self.id,
            "price": price,
            "price_percentage_change_24h": "0.6844554620132",
            "volume_24h": "7638.00857182",
            "volume_percentage_change_24h": "-41.41881120025845",
            **{name: getattr(self, name) for name in _STEPS},
            "base_name": self.base_name or self.base,
            "quote_name": self.quote_name,
            "watched": False,
            "new": False,
            "status": self.status,
            **{name: getattr(self, name) for name in flags},
            "auction_mode": self.auction_mode,
            "product_type": "SPOT",
            "quote_currency_id": self.quote,
            "base_currency_id": self.base,
            "fcm_trading_session_details": None,
            "mid_market_price": "",
            "alias": self.alias,
            "alias_to": list(aliases),
            "base_display_symbol": self.base,
            "quote_display_symbol": "USD" if self.quote == "USDC" else self.quote,
            "view_only": self.view_only and tradability,
            "display_name": self.id,
            "product_venue": "CBE",
            "approximate_quote_24h_volume": "800313822.5",
            "new_at": "2023-01-01T00:00:00Z",
            "best_bid_price": "",
            "best_ask_price": "",
        }


_STEPS = (
    "base_increment",
    "quote_increment",
    "price_increment",
    "base_min_size",
    "base_max_size",
    "quote_min_size",
    "quote_max_size",
)


@dataclass(slots=True)
class Catalogue:
    """All products by id."""

    products: dict[str, Product] = field(default_factory=dict)

    def add(self, *products: Product) -> None:
        """Further ones, or others in the place of those with the same id."""
        for product in products:
            self.products[product.id] = product

    def change(self, product_id: str, **fields: Any) -> Product:
        """Other steps or flags; a KeyError if there is no such product."""
        changed = replace(self.products[product_id], **fields)
        self.products[product_id] = changed
        return changed

    def aliases_of(self, product: Product) -> list[str]:
        """The ids of those that share its book."""
        return [one.id for one in self.products.values() if one.alias == product.id]


def usual_products() -> list[Product]:
    """Enough for most tests: fine and coarse steps, a shared book, a delisted one."""
    return [
        Product(base="BTC", quote="USD", base_name="Bitcoin"),
        Product(base="BTC", quote="USDC", base_name="Bitcoin", quote_name="USDC", alias="BTC-USD"),
        Product(base="ETH", quote="USD", base_name="Ethereum", base_max_size="42000"),
        Product(
            base="SOL",
            quote="USD",
            base_name="Solana",
            base_max_size="1274000",
            quote_max_size="25000000",
        ),
        Product(
            base="DOGE",
            quote="USD",
            base_name="Dogecoin",
            base_increment="0.1",
            quote_increment="0.00001",
            price_increment="0.00001",
            base_min_size="0.1",
            base_max_size="141800000",
            quote_max_size="10000000",
        ),
        Product(
            base="OLD",
            quote="USD",
            status="delisted",
            is_disabled=True,
            trading_disabled=True,
        ),
    ]


def is_multiple(amount: Decimal, step: str) -> bool:
    """Whether `amount` stands on the grid; Coinbase refuses others, and rounds nothing."""
    return amount % Decimal(step) == 0

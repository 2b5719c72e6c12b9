"""Figures that the pages state in words are those of the code."""

import json
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from floorbroker.brokers.paper.book import START_CASH
from floorbroker.brokers.paper.catalogue import COINS, FUNDS, SHARES
from floorbroker.brokers.paper.instruments import LISTINGS
from floorbroker.brokers.paper.matching import LARGE_VALUE
from floorbroker.cli.keys_status import WAIT_MINUTES
from floorbroker.config import Settings
from floorbroker.domain.ids import ORDER_ID_LENGTH
from floorbroker.services.drafts import RESTING_REVIEW
from floorbroker.services.lanes import AT_ONCE
from floorbroker.services.notify import TOKEN_LIFE
from floorbroker.services.sessions import IDLE
from tests.docs.pages import DOCS, README, ROOT

RAILWAY = tomllib.loads((ROOT / "railway.toml").read_text())["deploy"]
PAPER = DOCS / "brokers" / "paper.md"
ARCHITECTURE = DOCS / "architecture.md"
ON_RAILWAY = DOCS / "deploy-railway.md"
SECURITY = DOCS / "security.md"


def default(name: str) -> int:
    """A setting's default as a whole number."""
    return int(Settings.model_fields[name].default)


def spread(*, crypto: bool) -> str:
    """The one spread of all coins, or of all else, in percent."""
    (found,) = {line.spread_bps for line in LISTINGS.values() if line.crypto is crypto}
    return f"{found / 100:g} %"


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (README, f"{default('max_order_value'):,} USD an order"),
        (README, f"{default('max_position_value'):,} USD a position"),
        (README, f"{default('max_orders_per_day')} orders a day"),
        (PAPER, f"{len(SHARES)} shares, {len(FUNDS)} funds and {len(COINS)} coin pairs"),
        (PAPER, f"| Cash at the start | {START_CASH:,} USD |"),
        (PAPER, f"| Buying power at the start | {2 * START_CASH:,} USD of shares |"),
        (PAPER, f"worth more than {LARGE_VALUE:,} USD"),
        (PAPER, f"| {spread(crypto=False)} | {spread(crypto=True)} |"),
        (PAPER, f"`PAPER_LATENCY_MS` ({default('paper_latency_ms')})"),
        (ROOT / "CHANGELOG.md", f"{len(SHARES) + len(FUNDS)} shares and funds"),
        (ARCHITECTURE, f"{ORDER_ID_LENGTH} characters"),
        (ARCHITECTURE, f"{TOKEN_LIFE // timedelta(minutes=1)} minutes so that a restarted"),
        (ARCHITECTURE, f"after {IDLE // timedelta(minutes=1)} idle minutes"),
        (ARCHITECTURE, f"a lane a broker ({AT_ONCE} at once)"),
        (SECURITY, f"are sealed for {TOKEN_LIFE // timedelta(minutes=1)} minutes"),
        (SECURITY, f"seals nothing any more, wait {WAIT_MINUTES} minutes"),
        (DOCS / "errors.md", f"({TOKEN_LIFE // timedelta(minutes=1)} minutes)"),
        (ON_RAILWAY, f"`overlapSeconds` ({RAILWAY['overlapSeconds']})"),
        (ON_RAILWAY, f"`drainingSeconds` ({RAILWAY['drainingSeconds']})"),
        (ON_RAILWAY, f"asks `{RAILWAY['healthcheckPath']}`"),
        (ON_RAILWAY, f"`DRAIN_SECONDS` ({default('drain_seconds')})"),
        (ON_RAILWAY, f"`CLAIM_SECONDS`, {default('claim_seconds')}"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, str) else value.name,
)
def test_a_page_states_the_figure_of_the_code(page: Path, sentence: str) -> None:
    assert sentence in " ".join(page.read_text().split())


def test_a_review_with_a_price_of_its_own_is_valid_for_ten_minutes() -> None:
    assert timedelta(minutes=10) == RESTING_REVIEW


def test_a_review_of_a_market_order_is_valid_for_a_minute() -> None:
    assert default("review_seconds") == 60

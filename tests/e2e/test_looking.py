"""/quote, /positions, /balance, /portfolio, /help, /privacy: in a server and in direct messages."""

import pytest

from tests.e2e.people import Somebody
from tests.e2e.world import World


@pytest.fixture(params=["in the server", "in direct messages"])
def alice(world: World, request: pytest.FixtureRequest) -> Somebody:
    """Alice, once at each place."""
    return world.alice if request.param == "in the server" else world.alice.in_dms


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("balance", ("100,000.00", "200,000.00", "Buying power", "PAPER")),
        ("portfolio", ("Total", "100,000.00", "No open positions.", "PAPER")),
        ("positions", ("No open positions.", "PAPER")),
        ("help", ("/buy", "/setup broker", "/orders")),
        ("privacy", ("AES-256-GCM", "never a password")),
    ],
)
async def test_each_card_is_private_and_says_what_it_is_for(
    world: World, alice: Somebody, command: str, words: tuple[str, ...]
) -> None:
    card = await alice.types(command)

    assert card.private
    assert all(word in card.text for word in words), card.text
    assert world.public() == []


async def test_portfolio_adds_what_was_bought_to_what_is_left(
    world: World, alice: Somebody
) -> None:
    await alice.clicks(await alice.types("buy", symbol="AAPL", quantity="100"), "Confirm")

    card = await alice.types("portfolio")

    assert "AAPL" in card.text
    assert "Equity" in card.text
    assert "Cash $7" in card.text  # about 100,000 less 100 shares of about 222


async def test_portfolio_shows_how_it_is_divided_and_what_it_was_worth(
    world: World, alice: Somebody
) -> None:
    await alice.clicks(await alice.types("buy", symbol="AAPL", quantity="100"), "Confirm")
    first = await alice.types("portfolio")
    await world.later(24 * 3600)
    second = await alice.types("portfolio", range="1m")

    assert [file.filename for file in first.message.attachments] == ["allocation.png"]
    assert [file.filename for file in second.message.attachments] == [
        "allocation.png",
        "equity.png",
    ]
    assert "Today " in second.text
    assert "AAPL 2" in second.text  # its share, in the words of the picture
    assert "PAPER equity, 1 month: from" in second.text


async def test_dust_is_left_out_by_choice(world: World, alice: Somebody) -> None:
    await alice.clicks(await alice.types("buy", symbol="AAPL", quantity="0.004"), "Confirm")

    shown = await alice.types("portfolio")
    hidden = await alice.types("portfolio", hide_dust=True)

    assert "AAPL 0.004 at" in shown.text
    assert "AAPL 0.004 at" not in hidden.text
    assert "1 holding is worth less than 1 and not shown." in hidden.text


@pytest.mark.parametrize("command", ["positions", "balance"])
async def test_one_account_can_be_looked_at_by_its_name(
    world: World, alice: Somebody, command: str
) -> None:
    found = await alice.types(command, account="Paper")
    missing = await alice.types(command, account="Savings")

    assert "PAPER" in found.title
    assert missing.title.endswith("No account")
    assert "/setup accounts lists yours" in missing.text


async def test_the_figures_name_their_source_and_age(world: World) -> None:
    card = await world.alice.types("balance")

    assert "just now" in card.text
    assert "Paper" in card.text.splitlines()[-1]


async def test_a_quote_tells_its_source_its_age_and_the_account(
    world: World, alice: Somebody
) -> None:
    card = await alice.types("quote", symbol="aapl")

    assert card.private
    assert card.title.startswith("AAPL")
    for word in ("Bid", "Ask", "Last", "$", "PAPER", "Source", "just now", "Paper"):
        assert word in card.text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"symbol": "NOSUCH"}, "NOSUCH"),
        ({"symbol": "not a symbol!"}, "Invalid symbol"),
        ({"symbol": "AAPL", "account": "Savings"}, "/setup accounts lists yours"),
        ({"symbol": "AAPL", "depth": True}, "does not show the order book"),
    ],
)
async def test_what_cannot_be_quoted_is_said(
    world: World, alice: Somebody, options: dict[str, object], words: str
) -> None:
    assert words in (await alice.types("quote", **options)).text


async def test_several_symbols_are_one_card_and_a_wrong_one_spoils_none(
    world: World, alice: Somebody
) -> None:
    card = await alice.types("quote", symbol="aapl, msft btc/usd nosuch")

    assert card.private
    assert card.title.startswith("⚠️ Quotes")
    assert card.text.count(" bid, ") == 3
    assert "does not list NOSUCH" in card.text
    assert "PAPER" in card.title


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"symbol": " ".join(f"S{n}" for n in range(11))}, "at most 10 at a time"),
        ({"symbol": "AAPL MSFT", "depth": True}, "one symbol at a time"),
        ({"symbol": "AAPL MSFT", "account": "Savings"}, "/setup accounts lists yours"),
    ],
)
async def test_several_that_cannot_be_shown_are_one_answer(
    world: World, alice: Somebody, options: dict[str, object], words: str
) -> None:
    assert words in (await alice.types("quote", **options)).text

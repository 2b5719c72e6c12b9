"""Messages as lines of text."""

from datetime import UTC, datetime
from typing import Any

from floorbroker.bot.replies.card import Button, Card, Choice, Menu, Moment, Row, Section
from floorbroker.bot.replies.components import view_of
from floorbroker.cli.shown import message_lines


def lines_of(card: Card) -> list[str]:
    components: Any = view_of(card).to_components()  # type: ignore[no-untyped-call]  # untyped there
    return message_lines(components)


def test_every_part_of_a_card_is_a_line() -> None:
    card = Card(
        title="Review",
        badges=("PAPER",),
        lead="Nothing is sent.",
        rows=(Row("Price", "$1.00"),),
        sections=(Section(heading="Closing orders", lines=("Take profit",)),),
        notes=("Rounded.",),
        footer=(Row("Code", "X"),),
        menu=Menu(
            custom_id="menu",
            placeholder="Choose",
            choices=(Choice(label="Paper", value="paper", description="Built in"),),
        ),
        buttons=(
            Button(label="Confirm", custom_id="a"),
            Button(label="Cancel", custom_id="b", disabled=True),
        ),
    )

    assert lines_of(card) == [
        "Review PAPER",
        "Nothing is sent.",
        "Price $1.00",
        "Closing orders",
        "Take profit",
        "⚠️ Rounded.",
        "Code X",
        "(paper) Paper · Built in",
        "[Confirm]",
        "[Cancel] (disabled)",
    ]


def test_marks_that_a_person_typed_stay_as_they_are() -> None:
    card = Card(title="E*TRADE", lead="**not bold** `not code` _nor_ this")

    assert lines_of(card) == ["E*TRADE", "**not bold** `not code` _nor_ this"]


def test_a_moment_is_written_out() -> None:
    card = Card(title="Review", footer=(Row("Until", datetime(2026, 8, 1, 12, tzinfo=UTC)),))

    assert lines_of(card) == ["Review", "Until 2026-08-01 12:00:00 UTC"]


def test_a_moment_with_its_distance_is_written_out_once() -> None:
    opens = Moment(datetime(2026, 8, 3, 13, 30, tzinfo=UTC))

    assert lines_of(Card(title="Hours", rows=(Row("Opens", opens),))) == [
        "Hours",
        "Opens 2026-08-03 13:30:00 UTC",
    ]


def test_pictures_and_links_are_named() -> None:
    gallery = {
        "type": 12,
        "items": [
            {"media": {"url": "attachment://equity.png"}, "description": "Equity"},
            {"media": {"url": "attachment://chart.png"}},
        ],
    }
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "Read more"}],
        "accessory": {"type": 2, "style": 5, "label": "Docs", "url": "https://example.org"},
    }

    lines = message_lines([{"type": 17, "components": [gallery, section]}])

    assert lines == [
        "<Equity>",
        "<attachment://chart.png>",
        "Read more",
        "[Docs] https://example.org",
    ]

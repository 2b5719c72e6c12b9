"""An idea as a channel sees it, and what its author reads."""

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.card import Button, Card, Row, Style
from floorbroker.domain.ideas import Idea


def idea_card(idea: Idea, author: str) -> Card:
    """For everybody: what, why, who, and a button that makes a private review of one's own."""
    deed = idea.side.value.capitalize()
    name = f" · {idea.name}" if idea.name else ""
    prices = (
        ("Limit", idea.limit),
        ("Target", idea.target),
        ("Stop", idea.stop),
    )
    return Card(
        title=f"Idea: {deed} {idea.symbol}{name}",
        lead=idea.reason,
        rows=tuple(
            Row(what, figures.price(price, idea.currency)) for what, price in prices if price
        ),
        footer=(Row("By", author), Row("Posted", idea.created_at), Row("Not", "advice")),
        buttons=(
            Button(
                label="Review & trade", custom_id=f"fb:idea:{idea.idea_id}", style=Style.PRIMARY
            ),
        ),
    )


def posting_card() -> Card:
    """For the author, until Discord has said whether it takes the idea."""
    return Card(
        title="Posting",
        lead="Your idea is on its way to the channel. If this card stays as it is, look there "
        "before you post it again.",
    )


def posted_card() -> Card:
    """For the author, once the idea is in the channel."""
    return Card(
        title="Posted",
        lead="Your idea is in the channel. Others trade it in their own accounts, or not at all.",
    )

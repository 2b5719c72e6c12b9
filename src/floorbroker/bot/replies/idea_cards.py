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
        ("Price then", idea.price),
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


def posted_card(idea: Idea, author: str) -> Card:
    """For the author; the idea itself goes to the channel."""
    return Card(
        title="Posted",
        lead="Your idea is in the channel. Others trade it in their own accounts, or not at all.",
        public=idea_card(idea, author),
    )

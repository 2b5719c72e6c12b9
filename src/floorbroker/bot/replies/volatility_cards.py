"""How much something moved, beside how much its options expect it to move."""

from decimal import Decimal

from floorbroker.bot.replies.card import Card, Row, Section, Tone
from floorbroker.services.sources import Answered
from floorbroker.services.volatility import Moves


def volatility_card(answered: Answered[Moves]) -> Card:
    """Both kinds, each with how it was made."""
    moves, instrument = answered.value, answered.instrument
    name = f" · {instrument.name}" if instrument.name else ""
    notes = tuple(note for note in (answered.note, moves.remark) if note)
    implied = moves.implied
    sections = [
        Section(
            heading="Historical",
            rows=tuple(
                Row(f"{span} days", "too few closes" if made is None else _percent(made))
                for span, made in moves.historical.items()
            ),
        )
    ]
    if implied is not None:
        sections.append(
            Section(
                heading=f"Implied ({implied.source})",
                rows=(
                    Row("At the money", _percent(implied.volatility)),
                    Row("Expiry", f"{implied.expiry:%d %b %Y}"),
                    Row("Strike", f"{implied.strike.normalize():f}"),
                ),
            )
        )
    return Card(
        title=f"Volatility of {instrument.symbol}{name}",
        tone=Tone.CAUTION if answered.note else Tone.NEUTRAL,
        badges=(answered.account.link.environment.value.upper(),),
        lead="A year's, in percent.",
        sections=tuple(sections),
        notes=notes,
        footer=(
            Row(
                "Historical:",
                "sample standard deviation of the daily logarithmic returns × "
                f"√{moves.days_a_year}, closes until {moves.until:%d %b %Y}",
            ),
            Row("Source", answered.account.spec.name),
            Row("Account", answered.account.title),
        ),
    )


def _percent(volatility: Decimal) -> str:
    return f"{volatility * 100:.1f} %"

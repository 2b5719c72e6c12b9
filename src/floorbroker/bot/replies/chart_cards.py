"""A chart: the picture, and in words what it shows, how old that is and who says so."""

from datetime import datetime

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.card import Card, Row, Tone
from floorbroker.services.charting import Charted


def chart_card(charted: Charted, now: datetime) -> Card:
    """The chart with its change, its range and its source."""
    chart, answered = charted.chart, charted.answered
    currency = answered.instrument.currency
    first, last = chart.bars[0], chart.bars[-1]
    high, low = max(bar.high for bar in chart.bars), min(bar.low for bar in chart.bars)
    rows = [Row("Last", figures.price(last.close, currency))]
    if first.open:
        moved = (last.close - first.open) / first.open * 100
        rows.append(Row("Change", f"{figures.percent(moved)} over {chart.span}"))
    rows.append(Row("Range", f"{figures.price(low, currency)} – {figures.price(high, currency)}"))
    notes = [answered.note] if answered.note else []
    if charted.picture is None:
        notes.append("The picture could not be drawn now; these are its figures.")
    name = f" · {answered.instrument.name}" if answered.instrument.name else ""
    return Card(
        title=f"{answered.instrument.symbol}{name}",
        tone=Tone.CAUTION if notes else Tone.NEUTRAL,
        badges=(answered.account.link.environment.value.upper(),),
        rows=tuple(rows),
        notes=tuple(notes),
        footer=(
            Row("Source", answered.source or last.source or answered.account.spec.name),
            Row("Last bar", last.at),
            Row("Account", answered.account.title),
            *_marked(charted),
        ),
        pictures=() if charted.picture is None else (charted.picture,),
    )


def _marked(charted: Charted) -> tuple[Row, ...]:
    """Which of the person's own fills the picture shows, and which it does not."""
    count = len(charted.chart.placed())
    if charted.picture is None or not (count or charted.unmarked):
        return ()
    fills = "1 fill" if count == 1 else f"{count or 'no'} fills"
    return (Row("Marked", "; ".join((f"{fills} of your orders from here", *charted.unmarked))),)

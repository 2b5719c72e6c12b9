"""A failure: what happened, whether anything was sent, what to do now."""

from floorbroker.bot.replies.card import Card, Row, Tone
from floorbroker.domain.error_codes import Sent
from floorbroker.domain.errors import FloorbrokerError


def error_card(error: FloorbrokerError) -> Card:
    """Never holds a traceback, a vendor's raw body or a detail for operators."""
    words = error.words
    caution = words.sent in {Sent.MAYBE, Sent.UNSURE}
    return Card(
        title=words.title,
        tone=Tone.CAUTION if caution else Tone.BAD,
        lead=error.message,
        rows=(Row("Sent?", words.sent.value), Row("Now", words.now)),
        footer=(Row("Code", error.code.value),),
    )

"""A failure: what happened, whether anything was sent, what to do now."""

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Button, Card, Linked, Row, Tone
from floorbroker.domain.error_codes import Sent
from floorbroker.domain.errors import FloorbrokerError


def error_card(error: FloorbrokerError, errors_page: str = "") -> Card:
    """Never holds a traceback, a vendor's raw body or a detail for operators.

    Args:
        errors_page: The address at which every code is explained; empty where there is none.
    """
    words, code = error.words, error.code.value
    caution = error.sent in {Sent.MAYBE, Sent.UNSURE}
    return Card(
        title=words.title,
        tone=Tone.CAUTION if caution else Tone.BAD,
        lead=error.message,
        rows=(Row("Sent?", error.sent.value), Row("Now", words.now)),
        footer=(Row("Code", Linked(code, f"{errors_page}#{code}") if errors_page else code),),
        buttons=_link_again(error),
    )


def _link_again(error: FloorbrokerError) -> tuple[Button, ...]:
    """Where the broker refuses what is stored for a link, the way to give it something fresh."""
    renew = None if error.link_id is None else custom_ids.choice("renew", error.link_id)
    return () if renew is None else (Button(label="Link again", custom_id=renew),)

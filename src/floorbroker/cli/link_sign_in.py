"""`floorbroker link` at a broker where one signs in: an address out, an address or a code back."""

import secrets
from collections.abc import Mapping
from hmac import compare_digest
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import typer

from floorbroker.brokers.shared.grants import GrantRefused
from floorbroker.cli import link_shown
from floorbroker.cli.answers import Answers
from floorbroker.cli.giving_up import FAILED, GivenUp
from floorbroker.config import Settings
from floorbroker.domain.errors import FloorbrokerError, InvalidInput, StoreUnavailable
from floorbroker.services.link_requests import Tried, Wanted
from floorbroker.services.signing_in import LONGEST_ANSWER, SigningIn

_AGAIN: Final = (GrantRefused, InvalidInput)
"""Another round may end better; any other failure would be the same."""


def redirect_address(settings: Settings, broker: str) -> str:
    """Where the broker sends the browser, as the operator has registered it there."""
    if settings.public_url:
        return f"{settings.public_url.rstrip('/')}/oauth/{broker}"
    return settings.oauth_redirect_url


async def signed_in(signing_in: SigningIn, wanted: Wanted, redirect: str, source: Answers) -> Tried:
    """What the broker gave, tried out.

    Raises:
        GivenUp: It gave nothing that works; nothing was stored.
    """
    for number in range(1, source.tries + 1):
        if number > 1:
            typer.echo(f"\nTry {number} of {source.tries}.")
        try:
            return await _round(signing_in, wanted, redirect, source)
        except StoreUnavailable:
            raise
        except FloorbrokerError as error:
            link_shown.refusal(error, {})
            if not isinstance(error, _AGAIN):
                raise GivenUp(f"{error.words.now} Nothing was stored.", FAILED) from None
    raise GivenUp("Nothing was stored.", FAILED)


async def _round(signing_in: SigningIn, wanted: Wanted, redirect: str, source: Answers) -> Tried:
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    away, departure = await signing_in.depart(
        wanted, state=state, verifier=verifier, redirect=redirect
    )
    typer.echo(f"Open this address in a browser, sign in and agree:\n\n{departure.address}\n")
    if departure.by_hand:
        answer: Mapping[str, str] = {
            "code": source.secret(f"The code that {wanted.spec.name} shows")
        }
    else:
        typer.echo(
            f"The browser is then sent to {redirect}, where nothing need answer. Copy the whole "
            "address from its address bar. It is good for a moment only."
        )
        answer = answer_in(source.secret("That address"), redirect, state)
    source.complete()
    typer.echo("Connecting…")
    return await signing_in.tried(wanted, away, answer)


def answer_in(pasted: str, redirect: str, state: str) -> Mapping[str, str]:
    """The query of an address that a person pasted, if it is the one that was waited for.

    Raises:
        InvalidInput: It is another address, or of another sign-in.
        GivenUp: The person did not agree.
    """
    if len(pasted) > LONGEST_ANSWER:
        raise InvalidInput("That is too long to be the address.")
    try:
        parts = urlsplit(pasted.strip())
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        raise InvalidInput("That is not an address.") from None
    expected = urlsplit(redirect)
    here = (parts.scheme, parts.netloc, parts.path.rstrip("/"))
    if here != (expected.scheme, expected.netloc, expected.path.rstrip("/")):
        raise InvalidInput(f"That is another address: it should begin with {redirect}.")
    answer = dict(pairs)
    if len(answer) != len(pairs) or not compare_digest(
        answer.get("state", "").encode(), state.encode()
    ):
        raise InvalidInput("That address belongs to another sign-in. Begin with the new one.")
    if "error" in answer:
        raise GivenUp("The broker gave no access: you did not agree there.", FAILED)
    return answer

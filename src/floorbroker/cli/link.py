"""`floorbroker link`: connects the owner's own account from the terminal of a bot at home."""

from dataclasses import dataclass, replace
from typing import Final, Protocol

import typer
from pydantic import BaseModel

from floorbroker.brokers.availability import availability
from floorbroker.brokers.credential_fields import CredentialField, credential_fields
from floorbroker.brokers.registry import all_brokers, get_broker
from floorbroker.brokers.spec import AuthFlow, BrokerSpec
from floorbroker.cli import link_shown
from floorbroker.cli.answers import Answers, answers
from floorbroker.cli.giving_up import FAILED, MISCONFIGURED, GivenUp
from floorbroker.cli.link_names import link_named
from floorbroker.cli.link_sign_in import redirect_address, signed_in
from floorbroker.cli.opening import opened, sentences_for_trouble
from floorbroker.cli.refusals import sentences_for_refusals
from floorbroker.cli.whose import owner
from floorbroker.config import Settings, Switch
from floorbroker.domain.errors import (
    AuthenticationFailed,
    FloorbrokerError,
    InvalidInput,
    NotLinked,
    SessionExpired,
    StoreUnavailable,
)
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.services.accounts import Accounts
from floorbroker.services.link_requests import Connected, Tried, Wanted
from floorbroker.services.linking import Linking
from floorbroker.services.signing_in import SigningIn

_TYPED_WRONG: Final = (AuthenticationFailed, InvalidInput, NotLinked, SessionExpired)
"""Other answers may end better; any other failure would be the same with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command line.

    Attributes:
        relink: The name of the link whose access is to be replaced; empty for none.
        sign_in: At the broker's own site, where keys are the usual way.
    """

    broker: str
    live: bool = False
    label: str = ""
    relink: str = ""
    sign_in: bool = False

    @property
    def environment(self) -> Environment:
        """Paper unless it is said."""
        return Environment.LIVE if self.live else Environment.PAPER


class Services(Protocol):
    """Of all that the floor has, what this needs."""

    @property
    def accounts(self) -> Accounts:
        """The links that are there."""
        ...

    @property
    def linking(self) -> Linking:
        """Tries and stores."""
        ...

    @property
    def signing_in(self) -> SigningIn:
        """The way over the broker's own site."""
        ...


async def link(settings: Settings, asked: Asked) -> None:
    """The whole command.

    Raises:
        GivenUp: It cannot be linked; nothing was stored.
    """
    spec = linkable(settings, asked)
    user_id = owner(settings)
    with sentences_for_trouble(settings):
        async with opened(settings, background=False) as app:
            if spec.auth_flow is AuthFlow.NONE:
                opened_link = await app.floor.accounts.open_paper(user_id)
                typer.echo(f"{opened_link.label} is open. It is built in and needs no access.")
            else:
                redirect = redirect_address(settings, asked.broker)
                await connect(app.floor, user_id, asked, answers(), redirect)


def linkable(settings: Settings, asked: Asked) -> BrokerSpec:
    """The manifest of a broker that is linked in a terminal.

    Raises:
        GivenUp: This bot, or this broker, is linked in another way or not at all.
    """
    if not settings.single_user:
        raise _refused(
            f"People link their own accounts with {link_shown.IN_DISCORD} in Discord. "
            "`floorbroker link` is for the bot of one person at home: DEPLOYMENT_MODE=single-user."
        )
    known = [spec.id for spec in all_brokers()]
    if asked.broker not in known:
        raise _refused(f"There is no such broker. There are: {', '.join(known)}.")
    spec = get_broker(asked.broker)
    if spec.supported_by is not None:
        raise _refused(f"{spec.warning} Link that one: floorbroker link {spec.supported_by}")
    if asked.sign_in and spec.sign_in is None:
        raise _refused(f"{spec.name} takes keys; nobody signs in there.")
    missing = [name for name in spec.registration if name not in settings.configured]
    if asked.sign_in and missing:
        raise _refused(f"Signing in at {spec.name} needs {' and '.join(missing)}.")
    present = availability(spec, settings.deployment_mode, settings.configured)
    if not present.selectable:
        raise _refused(f"{spec.name}: {present.reason_for_people} {present.fix_for_operator}")
    if asked.environment not in spec.environments:
        raise _refused(
            f"{spec.name} never trades real money."
            if asked.live
            else f"{spec.name} has no paper trading. --live links an account with real money."
        )
    if spec.auth_flow is AuthFlow.NONE and (asked.label or asked.relink):
        raise _refused(f"{spec.name} is built in: everybody has one, under its own name.")
    if asked.live and settings.live_trading is not Switch.ON:
        raise _refused("LIVE_TRADING is off. Set LIVE_TRADING=on first, or link a paper account.")
    return spec


async def connect(
    services: Services, user_id: UserId, asked: Asked, source: Answers, redirect: str = ""
) -> Connected:
    """Asks, tries, stores, and prints how it went.

    Args:
        redirect: Where a broker sends the browser of a person who signed in there.

    Raises:
        GivenUp: It did not go well; nothing was stored.
    """
    with sentences_for_refusals():
        wanted = await _wanted(services, user_id, asked)
        await services.linking.check(wanted)
        signs_in = asked.sign_in or not wanted.spec.takes_keys
        model = None if signs_in else services.linking.asks_for(wanted)
    link_shown.introduce(wanted)
    if asked.live:
        await _accept_terms(services.linking, wanted, source)
    if model is None:
        tried = await signed_in(services.signing_in, wanted, redirect, source)
    else:
        tried = await _tried(services.linking, wanted, model, source)
    try:
        connected = await services.linking.keep(tried)
    except StoreUnavailable as error:
        raise GivenUp(f"{error.message} /setup accounts shows what is connected.", FAILED) from None
    link_shown.connected(connected)
    return connected


async def _wanted(services: Services, user_id: UserId, asked: Asked) -> Wanted:
    wanted = Wanted(
        user_id=user_id,
        broker=BrokerId(asked.broker),
        environment=asked.environment,
        label=asked.label.strip(),
    )
    if not asked.relink:
        return wanted
    known = link_named(await services.accounts.links(user_id), asked.relink)
    if known.environment is Environment.LIVE and not asked.live:
        raise NotLinked(f"{known.label} trades real money: say --live as well.")
    return replace(wanted, relinks=known.link_id)


async def _accept_terms(linking: Linking, wanted: Wanted, source: Answers) -> None:
    """Asked for with every account that trades real money, stored where it is new."""
    link_shown.terms()
    if source.plain("Type yes to accept").casefold() != "yes":
        raise GivenUp("Not accepted. Nothing was linked.", FAILED)
    if await linking.terms_needed(wanted):
        await linking.accept_terms(wanted.user_id)


async def _tried(
    linking: Linking, wanted: Wanted, model: type[BaseModel], source: Answers
) -> Tried:
    """What the broker accepted; a person may correct what was typed wrong."""
    fields = credential_fields(model)
    tries = source.tries if fields else 1
    for number in range(1, tries + 1):
        if number > 1:
            typer.echo(f"\nTry {number} of {tries}.")
        given = {field.name: text for field in fields if (text := _asked(field, source))}
        source.complete()
        typer.echo("Connecting…")
        try:
            return await linking.try_out(wanted, given)
        except StoreUnavailable:
            raise
        except FloorbrokerError as error:
            link_shown.refusal(error, given)
            if not isinstance(error, _TYPED_WRONG):
                raise GivenUp(f"{error.words.now} Nothing was stored.", FAILED) from None
    raise GivenUp("Nothing was stored.", FAILED)


def _asked(field: CredentialField, source: Answers) -> str:
    if field.description:
        typer.echo(field.description)
    question = field.title if field.required else f"{field.title} (may be left empty)"
    return source.secret(question) if field.secret else source.plain(question)


def _refused(sentence: str) -> GivenUp:
    return GivenUp(sentence, MISCONFIGURED)

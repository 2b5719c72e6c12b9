"""`floorbroker verify`: shows on a person's own paper or sandbox account that a broker works.

The report goes to standard output, what happens meanwhile to standard error.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import typer

from floorbroker.bootstrap import App
from floorbroker.brokers.registry import get_broker
from floorbroker.cli.link_names import account_named
from floorbroker.cli.opening import opened, sentences_for_trouble
from floorbroker.cli.printable import printable
from floorbroker.cli.refusals import sentences_for_refusals
from floorbroker.cli.verify_report import markdown
from floorbroker.cli.whose import owner_or_operator
from floorbroker.config import Settings
from floorbroker.domain.errors import NotLinked, Paused
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.instruments import parse_symbol
from floorbroker.domain.order import Order
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.services.floor import Floor
from floorbroker.services.verification import (
    Choose,
    Plan,
    Verification,
    check_may_verify,
    verified,
)
from floorbroker.services.verification_steps import Listener, Pace, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command line.

    Attributes:
        account: A link's name, with `…` and the end of a number where it reaches several.
        symbol: Empty for a usual one.
        user: Whose account it is, in multi-user mode.
    """

    account: str
    symbol: str = ""
    read_only: bool = False
    user: str = ""


async def verify(settings: Settings, asked: Asked) -> bool:
    """The whole command; prints the report.

    Returns:
        Whether everything went well.

    Raises:
        GivenUp: It is not done here, or not for this account; nothing was asked of the broker.
    """
    user_id = owner_or_operator(settings, asked.user)
    with sentences_for_trouble(settings), sentences_for_refusals():
        if asked.symbol:
            parse_symbol(asked.symbol)
        async with opened(settings, background=False) as app:
            done = await _verified(app, user_id, asked)
            at = app.floor.clock.now()
    own = any(name.startswith(f"{done.spec.id}.") for name, _ in settings.broker_endpoints)
    typer.echo(markdown(done, at=at, own_endpoints=own))
    return done.ok


async def _verified(app: App, user_id: UserId, asked: Asked) -> Verification:
    floor = app.floor
    link, account = account_named(await floor.accounts.links(user_id), asked.account)
    spec = get_broker(link.broker)
    check_may_verify(spec, link.environment, read_only=asked.read_only)
    if not asked.read_only:
        await _check_may_order(floor, user_id, spec.id)
    # An adapter of its own: how it connects is a part of what is looked at.
    async with floor.sessions.apart(link) as adapter:
        return await verified(
            adapter,
            spec,
            link,
            clock=floor.clock,
            plan=Plan(
                symbol=asked.symbol or None,
                read_only=asked.read_only,
                choose=_chooser(link, account),
            ),
            metrics=floor.metrics,
            listener=Told(),
            pace=Pace(order_seconds=app.settings.order_deadline_seconds),
        )


async def _check_may_order(floor: Floor, user_id: UserId, broker: BrokerId) -> None:
    """A pause holds for this order as for any that opens a position.

    Raises:
        Paused: The operator or the person paused trading.
    """
    person = await floor.accounts.person(user_id)
    pause = await floor.choices.service_pause()
    if person.paused or person.suspended or pause.holds_at(broker):
        raise Paused("Trading is paused, and an order would be placed. --read-only places none.")


def _chooser(link: Link, named: str) -> Choose:
    """Picks the account that was named, or the only one."""

    def choose(accounts: Sequence[BrokerAccount]) -> BrokerAccount:
        used = [one for one in accounts if one.account_id not in link.excluded]
        wanted = named.casefold()
        fits = [
            one
            for one in used
            if wanted == one.account_id.casefold() or one.number.casefold().endswith(wanted)
        ]
        if len(fits) == 1:
            return fits[0]
        names = ", ".join(f'"{link.label} …{one.number[-4:]}"' for one in used)
        raise NotLinked(f"Name one account. This link reaches: {names or 'none'}.")

    return choose


class Told(Listener):
    """Tells the person, on standard error, what happens while it happens."""

    def step(self, step: Step) -> None:
        """See `Listener`."""
        details = ", ".join(filter(None, [step.code or "", step.note]))
        told = f" ({details})" if details else ""
        typer.echo(f"{step.name}: {step.result}{told}", err=True)
        if step.said:
            typer.echo(f"  {printable(step.said)}", err=True)

    def sends(self, order: Order) -> None:
        """See `Listener`."""
        request = order.request
        typer.echo(
            f"Sending order {order.order_id}: {request.side.value} {request.quantity:f} "
            f"{request.instrument.symbol} at {request.limit_price:f}",
            err=True,
        )

    def leaves(self, sentence: str, order: Order) -> None:
        """See `Listener`; the broker's own id is for the person and not for the report."""
        typer.echo(f"ATTENTION: {sentence}", err=True)
        if order.broker_order_id is not None:
            typer.echo(f"The broker's own id of it: {printable(order.broker_order_id)}", err=True)

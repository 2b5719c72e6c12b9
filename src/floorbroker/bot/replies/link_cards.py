"""Connecting an account: the way to its page, and that it is connected."""

from datetime import datetime

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Button, Card, Row, Section, Tone
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.services.link_requests import Connected
from floorbroker.services.reachable import LinkedAccount


def page_card(
    spec: BrokerSpec, environment: Environment, address: str, expires_at: datetime
) -> Card:
    """The one-time link, for the person who asked and nobody else."""
    lead = "Keys are entered on a page of this bot, never in Discord."
    if not spec.takes_keys:
        lead = f"You sign in at {spec.name}'s own site, and a page of this bot leads there."
    return Card(
        title=f"Link {spec.name}",
        badges=(environment.value.upper(),),
        lead=lead,
        rows=(Row("Works until", expires_at), Row("Works for", "you, once")),
        notes=(
            "The page asks Discord who you are. Do not pass the link on, and do not use one that "
            "somebody else gives you.",
        ),
        buttons=(Button(label="Open the page", url=address),),
    )


def terminal_card(spec: BrokerSpec, environment: Environment, renewed: Link | None = None) -> Card:
    """At home access is given where the bot runs."""
    command = f"floorbroker link {spec.id}"
    if environment is Environment.LIVE:
        command += " --live"
    if renewed is not None:
        command += f' --relink "{renewed.label}"'
    given = "Keys are entered" if spec.takes_keys else "The account is linked"
    return Card(
        title=f"Link {spec.name}",
        badges=(environment.value.upper(),),
        lead=f"{given} in a terminal on the machine that this bot runs on:",
        sections=(Section(heading="Type there", lines=(command,)),),
    )


def connected_card(connected: Connected) -> Card:
    """An account was connected on its page."""
    link = connected.link
    name = get_broker(link.broker).name
    default = "Orders that name no account go there now. " if connected.made_default else ""
    return Card(
        title=f"Connected to {link.label}",
        tone=Tone.GOOD,
        badges=(link.environment.value.upper(),),
        lead=f"{default}/buy places an order, /balance shows what you have.",
        rows=tuple(
            Row(f"…{account.number[-4:]}", account.name or name) for account in connected.accounts
        ),
        notes=tuple(connected.warnings),
    )


def ending_card(link: Link, ends_at: datetime) -> Card:
    """A link's access ends soon, whatever the person does."""
    name = get_broker(link.broker).name
    renew = custom_ids.choice("renew", link.link_id)
    return Card(
        title=f"{link.label} needs to be linked again",
        tone=Tone.CAUTION,
        badges=(link.environment.value.upper(),),
        lead=f"{name} ends each access after a while. From then on nothing can be sent or looked "
        "up there. Orders that rest at the broker stay there.",
        rows=(Row("Ends", ends_at),),
        notes=() if renew else ("/setup renew links it again.",),
        buttons=() if renew is None else (Button(label="Link again", custom_id=renew),),
    )


def dead_card(link: Link) -> Card:
    """The broker refuses a link's access; nothing is asked there until it is linked again."""
    name = get_broker(link.broker).name
    renew = custom_ids.choice("renew", link.link_id)
    return Card(
        title=f"{link.label} no longer works",
        tone=Tone.BAD,
        badges=(link.environment.value.upper(),),
        lead=f"{name} no longer accepts the access stored for it. Nothing can be sent, canceled or "
        f"looked up there from here. Orders that rest at {name} stay there and may still fill: "
        "look there.",
        notes=() if renew else ("/setup renew links it again.",),
        buttons=() if renew is None else (Button(label="Link again", custom_id=renew),),
    )


def left_out_card(account: LinkedAccount) -> Card:
    """An account that commands no longer touch, or touch again."""
    if account.excluded:
        lead = "No command uses it. Its open orders stay at the broker and are still followed."
    else:
        lead = "Commands use it again."
    return Card(
        title=f"{'Left out' if account.excluded else 'Taken back'} · {account.title}",
        tone=Tone.GOOD,
        badges=(account.link.environment.value.upper(),),
        lead=lead,
    )

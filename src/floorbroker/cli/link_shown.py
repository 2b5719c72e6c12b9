"""What `floorbroker link` prints: what a broker wants, what it answered, what is connected."""

from collections.abc import Mapping
from typing import Final

import typer

from floorbroker.brokers.connection import warnings_for
from floorbroker.brokers.registry import get_broker
from floorbroker.cli.printable import printable
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.modes import Environment
from floorbroker.domain.terms import TERMS
from floorbroker.services.link_requests import Connected, Wanted

IN_DISCORD: Final = "/setup broker"
"""Manifests speak to people in Discord; a step that sends them there is left out here."""


def introduce(wanted: Wanted) -> None:
    """What the broker is, what to beware of, and what to have ready."""
    spec = wanted.spec
    typer.echo(f"{spec.name} {wanted.environment.value.upper()}")
    # A gateway's own warning too: it is told before anybody connects, whether or not that works.
    for warning in (spec.warning, *(one.message for one in warnings_for(spec))):
        if warning:
            typer.echo(f"\nWarning: {warning}")
    if spec.requirements:
        typer.echo("\nYou need:")
        for line in spec.requirements:
            typer.echo(f"  - {line}")
    steps = [step for step in spec.setup_steps if IN_DISCORD not in step]
    if steps:
        typer.echo("\nBefore you go on:")
        for number, step in enumerate(steps, 1):
            typer.echo(f"  {number}. {step}")
    typer.echo("")


def terms() -> None:
    """What has to be accepted."""
    typer.echo("This account trades real money.\n")
    for paragraph in TERMS:
        typer.echo(f"{paragraph}\n")


def refusal(error: FloorbrokerError, given: Mapping[str, str]) -> None:
    """What happened; a broker that repeats a key is not repeated."""
    typer.echo(printable(error.message, without=given.values()), err=True)


def connected(done: Connected) -> None:
    """What is stored, with every account's number shortened."""
    link = done.link
    how = "has new access" if done.renewed else "is connected"
    typer.echo(f"\n{link.label} {how}. It reaches:")
    for account in done.accounts:
        about = f"…{account.number[-4:]}  {account.name}".rstrip()
        typer.echo(printable(f"  {link.environment.value.upper()}  {about}  {account.currency}"))
    gateways = {one.message for one in warnings_for(get_broker(link.broker))}
    for warning in done.warnings:
        if warning not in gateways:  # those were told before
            typer.echo(printable(f"Keep in mind: {warning}"))
    typer.echo("The access is stored encrypted. A bot that runs uses it from the next command on.")
    if done.made_default:
        typer.echo("Orders that name no account go there.")
    if link.environment is Environment.LIVE:
        typer.echo("Orders there also need your own switch: Live on, in /settings.")

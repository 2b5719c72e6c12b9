"""`floorbroker init`: sets the bot up for one person at home, in the current folder."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from floorbroker.brokers.availability import sdk_installed
from floorbroker.brokers.registry import all_brokers
from floorbroker.cli import doctor, env_file
from floorbroker.cli.answers import Answers
from floorbroker.cli.env_file import ENV_FILE
from floorbroker.cli.extras import extras_lines
from floorbroker.cli.findings import as_lines, failures
from floorbroker.cli.giving_up import FAILED, MISCONFIGURED, GivenUp
from floorbroker.cli.init_asked import agreed, asked_owner, asked_token
from floorbroker.cli.init_gateways import chosen_ports
from floorbroker.cli.opening import sentences_for_trouble
from floorbroker.cli.settings import read_settings
from floorbroker.config import Settings
from floorbroker.domain.modes import DeploymentMode
from floorbroker.vault.opening import keys_place, open_keyring

FRESH: Final = (
    "# Made by `floorbroker init`. It holds the bot's token: keep it to yourself.\n"
    "# HOST keeps the health port on this machine. What is not here has its default.\n"
)
AT_HOME: Final = {"DEPLOYMENT_MODE": DeploymentMode.SINGLE_USER.value}
WHERE_NOT_SET: Final = {"HOST": "127.0.0.1", "LOG_FORMAT": "text"}
"""Fits a bot at home better than the default; what is set already stays."""

_WINDOWS: Final = os.name == "nt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command line and, in its place, the environment.

    Attributes:
        owner_id: Empty: it is asked for.
        ib_port: None: what listens decides.
    """

    owner_id: str = ""
    ib_port: int | None = None


async def init(asked: Asked, source: Answers | None) -> bool:
    """The whole command.

    Args:
        source: Left out (`--yes`), nobody is asked: settings and environment have the answers.

    Returns:
        Whether nothing keeps the bot from working.

    Raises:
        GivenUp: It was not set up; a file that was there is as it was.
    """
    settings = read_settings()
    _expect_no_other_mode()
    before = _present_file()
    typer.echo(f"Setting up floorbroker for one person, in {Path.cwd()}.")
    if settings.deployment_mode is DeploymentMode.MULTI_USER and before is not None:
        typer.echo(f"{ENV_FILE} is of a bot for many people: it becomes one of single-user mode.")
    if before is not None and source is not None:
        kept = f"Other lines stay as they are, and the present file stays as {_backup()}."
        if not agreed(f"There is a file {ENV_FILE} here. {kept} Change it?", source):
            raise GivenUp("Nothing was changed.", FAILED)
    token = await asked_token(settings, source)
    owner = asked_owner(settings, asked.owner_id, source)
    named = {} if asked.ib_port is None else {"IB_PORT": asked.ib_port}
    ports = await chosen_ports(settings, named, source)
    if source is not None:
        source.complete()
    there = settings.model_fields_set
    usual = {name: value for name, value in WHERE_NOT_SET.items() if name.lower() not in there}
    _keep(before, {**AT_HOME, "OWNER_ID": owner, "DISCORD_TOKEN": token, **ports, **usual})
    settings = read_settings()
    _make_key(settings)
    return await _looked_over(settings, set(ports))


def _expect_no_other_mode() -> None:
    """The environment goes before the file, so that the file could not say single-user.

    Raises:
        GivenUp: It says that this is a bot for many people.
    """
    mode = _in_environment("DEPLOYMENT_MODE")
    if mode not in ("", DeploymentMode.SINGLE_USER.value):
        raise GivenUp(
            f"DEPLOYMENT_MODE={mode} is set in the environment, which goes before {ENV_FILE}. "
            "`floorbroker init` sets up a bot at home: unset it there first.",
            MISCONFIGURED,
        )


def _in_environment(wanted: str) -> str:
    return next((text.strip() for name, text in os.environ.items() if name.upper() == wanted), "")


def _present_file() -> str | None:
    try:
        return env_file.read(ENV_FILE)
    except OSError as error:
        raise GivenUp(f"{ENV_FILE} cannot be read: {error.strerror}.", MISCONFIGURED) from None


def _keep(before: str | None, values: dict[str, str]) -> None:
    for name, value in values.items():
        if _in_environment(name) not in ("", value):
            typer.echo(f"{name} is set in the environment too, and goes before {ENV_FILE}.")
    after = env_file.changed(FRESH if before is None else before, values)
    if after == before:
        typer.echo(f"\n{ENV_FILE} says all of that already.")
        return
    kept = _backup()
    try:
        if before is not None:
            env_file.replace(kept, before)
        env_file.replace(ENV_FILE, after)
    except OSError as error:
        raise GivenUp(f"{ENV_FILE} cannot be written: {error.strerror}.", FAILED) from None
    old = "" if before is None else f" The one that was there is {kept}."
    typer.echo(f"\n{ENV_FILE} is written{_readable()}.{old}")


def _backup() -> Path:
    return env_file.backup(ENV_FILE.parent)


def _make_key(settings: Settings) -> None:
    with sentences_for_trouble(settings):
        open_keyring(settings)
    readable = _readable() if settings.credential_master_keys is None else ""
    typer.echo(
        f"The master key is in {keys_place(settings)}{readable}. It seals what you link: keep a "
        "copy of it in a safe place."
    )
    if _WINDOWS:
        typer.echo(
            "On Windows files have the rights of their folder: keep this one below your own user "
            "folder, which other people's accounts cannot read."
        )


def _readable() -> str:
    return "" if _WINDOWS else ", readable by you alone"


async def _looked_over(settings: Settings, ports: set[str]) -> bool:
    """Packages, the doctor's findings, and what is next; whether nothing keeps it from working."""
    typer.echo("\nBrokers' packages:")
    for line in extras_lines():
        typer.echo(f"- {line}")
    typer.echo("\nThe doctor finds:")
    found = await doctor.findings(settings)
    for line in as_lines(found):
        typer.echo(line)
    failed = bool(failures(found))
    _tell_next(ports, failed=failed)
    return not failed


def _tell_next(ports: set[str], *, failed: bool) -> None:
    typer.echo("")
    if failed:
        typer.echo("First do what stands behind → below each `fail`, then: floorbroker doctor")
    typer.echo("Start the bot:       floorbroker run")
    for spec in all_brokers():
        if spec.gateway and ports & set(spec.gateway.settings) and sdk_installed(spec):
            typer.echo(f"While it runs, link: floorbroker link {spec.id}")

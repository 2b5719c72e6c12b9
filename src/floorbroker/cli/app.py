"""The `floorbroker` command."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from floorbroker.cli.data_commands import data
from floorbroker.domain.modes import Role

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Trade in your own brokerage accounts from Discord.",
)
commands = typer.Typer(no_args_is_help=True, help="The slash commands that Discord knows.")
app.add_typer(commands, name="commands")
keys = typer.Typer(no_args_is_help=True, help="The master keys that seal what people link.")
app.add_typer(keys, name="keys")
audit = typer.Typer(no_args_is_help=True, help="The trail of everything that mattered.")
app.add_typer(audit, name="audit")
app.add_typer(data, name="data")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]


@app.command()
def init(
    owner_id: Annotated[
        str, typer.Option(envvar="OWNER_ID", help="Your Discord user id; left out, asked for.")
    ] = "",
    ib_port: Annotated[
        int | None,
        typer.Option(envvar="IB_PORT", help="Where TWS or IB Gateway listens; left out, heard."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: the token is in DISCORD_TOKEN or .env.")
    ] = False,
) -> None:
    """Set the bot up for yourself, at home: .env, the master key, the gateways, then the doctor."""
    from floorbroker.cli import init as init_command
    from floorbroker.cli.answers import answers
    from floorbroker.cli.giving_up import sentences_for_errors

    _quiet("ERROR")  # what is made for the first time is told in sentences
    asked = init_command.Asked(owner_id=owner_id, ib_port=ib_port)
    with sentences_for_errors():
        ok = asyncio.run(init_command.init(asked, None if yes else answers()))
    if not ok:
        raise typer.Exit(1)


@app.command()
def run(
    role: Annotated[
        Role,
        typer.Option(
            help="`all`; or, of processes that share a Redis, `web` for commands and pages, "
            "`worker` for background work."
        ),
    ] = Role.ALL,
) -> None:
    """The bot, with the settings of the environment and of .env, until SIGTERM or Ctrl-C."""
    from floorbroker.cli import run as run_command
    from floorbroker.cli.giving_up import sentences_for_errors
    from floorbroker.cli.settings import complete_settings

    with sentences_for_errors():
        asyncio.run(run_command.run(complete_settings(), role))


@app.command()
def demo(
    script: Annotated[
        str, typer.Option(help="Run the lines of this file (- reads standard input) and exit.")
    ] = "",
    data_dir: Annotated[Path, typer.Option(help="Where the demo keeps its paper account.")] = Path(
        "demo-data"
    ),
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.")] = 0,
    open_browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """The real bot on a simulated Discord: no token, no key, no internet."""
    from floorbroker.cli import demo as demo_command

    raise typer.Exit(
        asyncio.run(
            demo_command.scripted(script, data_dir)
            if script
            else demo_command.page(data_dir, port=port, open_browser=open_browser)
        )
    )


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check settings, keys, store, Discord, web address, brokers and gateways; say what to do."""
    from floorbroker.cli import doctor as doctor_command
    from floorbroker.cli import findings

    _quiet()
    found = asyncio.run(doctor_command.examine())
    typer.echo(findings.as_json(found) if as_json else "\n".join(findings.as_lines(found)))
    if findings.failures(found):
        raise typer.Exit(1)


@app.command()
def brokers(as_json: Json = False) -> None:
    """Which brokers people can link in this deployment, and what the others lack."""
    from floorbroker.cli import brokers as brokers_command
    from floorbroker.cli.giving_up import sentences_for_errors
    from floorbroker.cli.settings import read_settings

    with sentences_for_errors():
        settings = read_settings()
    present = brokers_command.present_brokers(settings)
    mode = settings.deployment_mode
    typer.echo(brokers_command.brokers_report(mode, present, as_json=as_json))


@app.command()
def link(
    broker: Annotated[str, typer.Argument(help="Its id; `floorbroker brokers` lists them.")],
    live: Annotated[bool, typer.Option("--live", help="An account with real money.")] = False,
    label: Annotated[str, typer.Option(help="Your own name for it.")] = "",
    relink: Annotated[
        str, typer.Option(help="The name of a link whose access is to be replaced.")
    ] = "",
    sign_in: Annotated[
        bool, typer.Option("--sign-in", help="At the broker's own site, where keys are usual.")
    ] = False,
) -> None:
    """Connect an account of your own, on a bot at home. Keys are asked for, never options."""
    from floorbroker.cli import link as link_command
    from floorbroker.cli.giving_up import sentences_for_errors
    from floorbroker.cli.settings import read_settings

    _quiet()
    asked = link_command.Asked(
        broker=broker, live=live, label=label, relink=relink, sign_in=sign_in
    )
    with sentences_for_errors():
        asyncio.run(link_command.link(read_settings(), asked))


@app.command()
def unlock(
    broker: Annotated[str, typer.Argument(help="moomoo.")],
) -> None:
    """Open trading at Moomoo's OpenD, on a bot at home. The trade password is asked for."""
    from floorbroker.cli import unlock as unlock_command
    from floorbroker.cli.answers import answers
    from floorbroker.cli.giving_up import sentences_for_errors
    from floorbroker.cli.settings import read_settings

    _quiet()
    with sentences_for_errors():
        asyncio.run(unlock_command.unlock(read_settings(), broker, answers()))


@app.command()
def verify(
    account: Annotated[
        str, typer.Argument(help="The name of a link; of several accounts `NAME …1234`.")
    ],
    symbol: Annotated[
        str, typer.Option(help="What to look at and to order; left out, AAPL or BTC/USD.")
    ] = "",
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Place nothing; the one way with real money.")
    ] = False,
    user: Annotated[
        str, typer.Option(help="One of OPERATOR_IDS, whose account it is; not at home.")
    ] = "",
) -> None:
    """Try a broker on your own paper or sandbox account, and print a report for an issue."""
    from floorbroker.cli import verify as verify_command
    from floorbroker.cli.giving_up import sentences_for_errors
    from floorbroker.cli.settings import read_settings

    _quiet()
    asked = verify_command.Asked(account=account, symbol=symbol, read_only=read_only, user=user)
    with sentences_for_errors():
        ok = asyncio.run(verify_command.verify(read_settings(), asked))
    if not ok:
        raise typer.Exit(1)


@commands.command("sync")
def commands_sync() -> None:
    """Send the slash commands to Discord, changed or not. `run` does it when they changed."""
    from floorbroker.cli import commands_sync as sync_command
    from floorbroker.cli.giving_up import sentences_for_errors
    from floorbroker.cli.settings import complete_settings

    _quiet()
    with sentences_for_errors():
        asyncio.run(sync_command.sync(complete_settings()))


@commands.callback()
def _commands() -> None:
    """Makes `sync` a word of its own while it is the only one."""


@keys.command("new")
def keys_new() -> None:
    """Print a fresh master key for CREDENTIAL_MASTER_KEYS."""
    from floorbroker.cli import keys as keys_command
    from floorbroker.domain.clock import SystemClock

    typer.echo(keys_command.fresh_key(SystemClock()))
    typer.echo(keys_command.ADVICE, err=True)


@keys.command("status")
def keys_status(as_json: Json = False) -> None:
    """Which master keys seal what is stored, which may go, and whether one is missing."""
    from floorbroker.cli import findings
    from floorbroker.cli import keys_status as status_command
    from floorbroker.cli.giving_up import sentences_for_errors
    from floorbroker.cli.settings import read_settings

    _quiet()
    with sentences_for_errors():
        report = asyncio.run(status_command.status(read_settings()))
    lines = "\n".join(findings.as_lines(report.findings()))
    typer.echo(report.as_json() if as_json else lines)
    if report.trouble is not None:
        raise typer.Exit(1)


@keys.command("rotate")
def keys_rotate() -> None:
    """Seal everything that older master keys have sealed with the newest, while the bot runs."""
    from floorbroker.cli import keys_rotate as rotate_command
    from floorbroker.cli.giving_up import sentences_for_errors
    from floorbroker.cli.settings import read_settings

    _quiet()
    with sentences_for_errors():
        complete = asyncio.run(rotate_command.rotate(read_settings()))
    if not complete:
        raise typer.Exit(1)


@audit.command("verify")
def audit_verify(
    person: Annotated[
        str, typer.Option(help="A Discord user id: this one's chain only. Left out: all of them.")
    ] = "",
    ends: Annotated[
        Path | None,
        typer.Option(
            help="A file outside the store that remembers where each chain ended, so that the "
            "next time a cut-off or rewritten end is found too. Made if it is not there."
        ),
    ] = None,
) -> None:
    """Walk the audit trail's chains and say where one was changed behind the bot's back."""
    from floorbroker.cli import audit as audit_command
    from floorbroker.cli.giving_up import sentences_for_errors
    from floorbroker.cli.settings import read_settings

    _quiet()
    with sentences_for_errors():
        whole = asyncio.run(audit_command.verify(read_settings(), person, ends))
    if not whole:
        raise typer.Exit(1)


@audit.callback()
def _audit() -> None:
    """Makes `verify` a word of its own while it is the only one."""


def _quiet(level: str = "WARNING") -> None:
    """Output is the command's own; only warnings go to standard error beside it."""
    from floorbroker.observability.logging import configure_logging

    configure_logging(level, json=False)


def main() -> None:
    """The entry point of the installed command."""
    sys.exit(app())

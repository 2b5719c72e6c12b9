"""What `floorbroker init` asks its owner: the token, the owner's id, whether a file may change."""

import re
from typing import Final

import typer
from pydantic import SecretStr

from floorbroker.cli.answers import Answers
from floorbroker.cli.findings import Level
from floorbroker.cli.giving_up import FAILED, MISCONFIGURED, GivenUp
from floorbroker.cli.settings import EXPLAINED, not_set
from floorbroker.cli.surroundings import DISCORD_SECONDS, discord_findings
from floorbroker.config import Settings

STAYS: Final = "left empty, the present one stays"
_TOKEN: Final = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
_DISCORD_ID: Final = re.compile(r"[0-9]{17,20}", re.ASCII)


def agreed(question: str, source: Answers) -> bool:
    """Whether the answer is a whole `yes`."""
    return source.plain(f"{question} Type yes or no").casefold() == "yes"


async def asked_token(
    settings: Settings, source: Answers | None, seconds: float = DISCORD_SECONDS
) -> str:
    """A token that Discord accepts, or that it could not be asked about.

    Args:
        source: Left out, nobody is asked, and the present one is tried.

    Raises:
        GivenUp: There is none.
    """
    present = settings.discord_token.get_secret_value() if settings.discord_token else ""
    if source is None and not present:
        raise GivenUp(not_set("DISCORD_TOKEN", Level.FAIL).sentence, MISCONFIGURED)
    typer.echo(f"\nThe bot's token. {EXPLAINED['DISCORD_TOKEN'][1]}")
    question = f"Token ({STAYS})" if present else "Token"
    for _ in range(1 if source is None else source.tries):
        token = (source.secret(question) if source is not None else "") or present
        if await _usable(token, settings, seconds):
            return token
    raise GivenUp("Nothing was written.", FAILED)


async def _usable(token: str, settings: Settings, seconds: float) -> bool:
    if not _TOKEN.fullmatch(token):
        typer.echo("That is no token: it has letters, digits, dots, _ and - only.")
        return False
    tried = settings.model_copy(update={"discord_token": SecretStr(token)})
    told = (await discord_findings(tried, seconds))[0]
    if told.level is Level.OK:
        typer.echo(told.what)
        return True
    if told.todo == EXPLAINED["DISCORD_TOKEN"][1]:  # it is the token's fault
        typer.echo(told.what)
        return False
    typer.echo(f"Not tried: {told.what} The doctor tries it again.")
    return True


def asked_owner(settings: Settings, given: str, source: Answers | None) -> str:
    """The Discord user id of whom the bot serves.

    Args:
        given: From the command line or the environment; then nobody is asked.

    Raises:
        GivenUp: There is none, or what was given cannot be one.
    """
    given = given.strip()
    present = given or settings.owner_id
    if source is None and not present:
        raise GivenUp(not_set("OWNER_ID", Level.FAIL).sentence, MISCONFIGURED)
    if source is None or given:
        if _DISCORD_ID.fullmatch(present):
            return present
        raise GivenUp("OWNER_ID: A Discord user id has 17 to 20 digits.", MISCONFIGURED)
    typer.echo(f"\nYour own Discord user id: nobody else is served. {EXPLAINED['OWNER_ID'][1]}")
    question = f"Owner id ({STAYS})" if present else "Owner id"
    for _ in range(source.tries):
        answer = source.plain(question) or present
        if _DISCORD_ID.fullmatch(answer):
            return answer
        typer.echo("A Discord user id has 17 to 20 digits.")
    raise GivenUp("Nothing was written.", FAILED)

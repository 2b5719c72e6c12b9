"""`floorbroker keys rotate`: seals what is stored with the newest key, while the bot goes on."""

from typing import Final

import typer

from floorbroker.cli.findings import as_lines
from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from floorbroker.cli.keys_status import key_report
from floorbroker.cli.opened_keys import opened_keys
from floorbroker.config import Settings

_EVERY: Final = 1_000
"""A line of progress after so many records."""


async def rotate(settings: Settings) -> bool:
    """Rotates, and prints what came of it and what is to be done next.

    Returns:
        Whether everything is sealed with the newest key now.

    Raises:
        GivenUp: A setting cannot be used, the running bot lacks the newest key, or the store does
            not answer. What was done until then stays done.
    """
    async with opened_keys(settings) as opened:
        reason = await opened.keys.not_served()
        if reason is not None:
            raise GivenUp(reason, MISCONFIGURED)
        done = await opened.rotation.run(_Progress())
        report = await key_report(opened.keys, settings, rotated=True)
    newest = report.uses[0].key_id
    typer.echo(f"{done.resealed:,} sealed anew with {newest}, {done.already:,} were already.")
    if done.unreadable:
        typer.echo(f"{done.unreadable:,} did not open and are left as they are.")
    typer.echo("\n".join(as_lines(report.findings())))
    return report.settled


class _Progress:
    """Beside the result, on standard error."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, done: int) -> None:
        if done - self._told >= _EVERY:
            self._told = done
            typer.echo(f"{done:,} sealed anew …", err=True)

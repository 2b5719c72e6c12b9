"""`floorbroker audit verify`: whether the audit trail is as it was written."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import typer
from pydantic import TypeAdapter, ValidationError

from floorbroker.cli.giving_up import FAILED, MISCONFIGURED, GivenUp
from floorbroker.cli.opened_keys import opened_keys
from floorbroker.cli.opening import sentences_for_trouble
from floorbroker.cli.printable import printable
from floorbroker.config import Settings
from floorbroker.domain.ids import UserId
from floorbroker.services.audit_check import AuditCheck, End, Walked
from floorbroker.storage.audit import AuditTrail
from floorbroker.storage.documents import Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.opening import open_documents
from floorbroker.vault.seal import Unsealable

_MOST_TOLD: Final = 10
_ENDS: Final = TypeAdapter(dict[str, tuple[int, str]])
_CANNOT_SEE: Final = (
    "An end that was cut off, or a chain that somebody made anew as a whole, cannot be seen from "
    "the trail alone: --ends FILE remembers the ends for the next time."
)


async def verify(settings: Settings, person: str, ends_file: Path | None) -> bool:
    """Walks the chains and prints how many there are and where which are broken.

    Args:
        person: A Discord id; empty for everybody's.
        ends_file: What `--ends` names. It is written only where every chain is whole.

    Returns:
        Whether all of them are whole.

    Raises:
        GivenUp: A setting or the file cannot be used, or the store does not answer.
    """
    known = {} if ends_file is None else _read(ends_file)
    pseudonym = await _pseudonym(settings, person) if person else ""
    ends: dict[str, End] = {}
    broken: list[Walked] = []
    with sentences_for_trouble(settings):
        async with _trail(settings) as check:
            async for walked in _walked(check, pseudonym, known):
                ends[walked.person] = walked.end
                broken += [walked] if walked.broken else []
    if person and not broken and ends[pseudonym].number == 0:
        raise GivenUp("Nothing is recorded of that person.")
    _tell(ends, broken, remembered=ends_file is not None)
    if ends_file is not None and not broken:
        _write(ends_file, {**known, **ends})
    return not broken


async def _walked(
    check: AuditCheck, pseudonym: str, known: Mapping[str, End]
) -> AsyncIterator[Walked]:
    if pseudonym:
        yield await check.chain(pseudonym, known.get(pseudonym))
        return
    async for walked in check.chains(known):
        yield walked


async def _pseudonym(settings: Settings, person: str) -> str:
    async with opened_keys(settings) as opened:
        if await opened.audit.key_sealed_by() is None:
            raise GivenUp("Nothing was ever recorded in this store.")
        try:
            return await opened.audit.pseudonym(UserId(person))
        except Unsealable:
            raise GivenUp(
                "The key behind the pseudonyms does not open: floorbroker keys status says why.",
                MISCONFIGURED,
            ) from None


@asynccontextmanager
async def _trail(settings: Settings) -> AsyncIterator[AuditCheck]:
    documents: Documents = open_documents(settings)
    try:
        await documents.start(INDEXES)
        yield AuditCheck(AuditTrail(documents))
    finally:
        await documents.close()


def _tell(ends: Mapping[str, End], broken: list[Walked], *, remembered: bool) -> None:
    entries = sum(end.number for end in ends.values())
    chains = f"{len(ends):,} chain{'' if len(ends) == 1 else 's'}"
    typer.echo(f"{chains}, {entries:,} whole entr{'y' if entries == 1 else 'ies'}.")
    for walked in broken[:_MOST_TOLD]:
        assert walked.broken is not None  # noqa: S101  # that is why it is in the list
        flaw, number = walked.broken.flaw, walked.broken.number
        typer.echo(f"Chain {printable(walked.person)}: entry {number:,} is {flaw}.")
    if len(broken) > _MOST_TOLD:
        typer.echo(f"… and {len(broken) - _MOST_TOLD:,} more.")
    if broken:
        typer.echo("What stands behind a broken entry was not looked at.")
    elif entries:
        typer.echo("Each entry is as it was written and holds the digest of the one before it.")
    if not remembered:
        typer.echo(_CANNOT_SEE)


def _read(file: Path) -> dict[str, End]:
    if not file.exists():
        return {}
    try:
        found = _ENDS.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        raise GivenUp(f"--ends: {file} is not what this command wrote.", MISCONFIGURED) from None
    return {person: End(number=number, digest=digest) for person, (number, digest) in found.items()}


def _write(file: Path, ends: Mapping[str, End]) -> None:
    """In place of the old one at once, so that an interrupted write leaves that."""
    fresh = file.with_name(f"{file.name}.new")
    text = json.dumps({person: [end.number, end.digest] for person, end in sorted(ends.items())})
    try:
        fresh.write_text(text)
        fresh.replace(file)
    except OSError as error:
        raise GivenUp(f"--ends: {file} cannot be written: {error.strerror}.", FAILED) from None

"""`floorbroker keys status`: what each master key has sealed, and which of them may go."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final

from floorbroker.cli.findings import Finding, Level
from floorbroker.cli.giving_up import GivenUp
from floorbroker.cli.opened_keys import opened_keys
from floorbroker.config import Settings
from floorbroker.services.master_keys import MOST_COUNTED, KeyTrouble, KeyUse, MasterKeys
from floorbroker.services.notify import TOKEN_LIFE
from floorbroker.vault.opening import keys_place

WAIT_MINUTES: Final = 15
"""For so long a key may still be needed that seals nothing which is counted: see `CARDS`."""

CARDS: Final = Finding(
    level=Level.INFO,
    about="cards",
    what=f"The addresses of cards of the last {TOKEN_LIFE // timedelta(minutes=1)} minutes are "
    "sealed as well. They are not counted and never sealed anew: without their key, news of an "
    "order comes by direct message.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReport:
    """What every key has sealed, and what is wrong with it.

    Attributes:
        place: Where the operator keeps the keys.
        rotated: A rotation has just ended, so what is left is what it could not do.
    """

    uses: Sequence[KeyUse]
    trouble: KeyTrouble | None
    place: str
    rotated: bool = False

    @property
    def settled(self) -> bool:
        """Whether everything opens, and needs the newest key only."""
        return self.trouble is None and all(use.newest or not use.needed for use in self.uses)

    def findings(self) -> list[Finding]:
        """One a key, newest first; then what concerns no single one."""
        found = [self._of(use) for use in self.uses]
        if self.trouble is not None and all(use.present for use in self.uses):
            trouble = self.trouble
            about = "audit trail"
            found.append(
                Finding(level=Level.FAIL, about=about, what=trouble.what, todo=trouble.todo)
            )
        return [*found, CARDS]

    def as_json(self) -> str:
        """For other programs; `ok` is whether everything can be opened."""
        report = {
            "ok": self.trouble is None,
            "trouble": "" if self.trouble is None else self.trouble.what,
            "most_counted": MOST_COUNTED,
            "keys": [asdict(use) | {"needed": use.needed} for use in self.uses],
        }
        return json.dumps(report, indent=2)

    def _of(self, use: KeyUse) -> Finding:
        level, what, todo = Level.INFO, f"Seals {sealed_things(use)}.", ""
        if use.newest:
            level, what = Level.OK, f"The newest, which seals what is new. {what}"
        elif not use.present:
            level, what = Level.FAIL, f"Missing. {what}"
            todo = f"Put it back into {self.place}, behind the others."
        elif not use.needed:
            what = "Seals nothing any more."
            todo = (
                f"Take it out of {self.place} and restart, {WAIT_MINUTES} minutes from now at "
                "the earliest."
            )
        elif self.rotated:
            todo = (
                "Leave it in. The log names what does not open; what an older process has sealed "
                "meanwhile another rotation takes."
            )
        else:
            todo = "Leave it in until `floorbroker keys rotate` has sealed them with the newest."
        return Finding(level=level, about=use.key_id, what=what, todo=todo)


async def key_report(keys: MasterKeys, settings: Settings, *, rotated: bool = False) -> KeyReport:
    """Asks the store."""
    return KeyReport(
        uses=await keys.uses(),
        trouble=await keys.trouble(),
        place=keys_place(settings),
        rotated=rotated,
    )


async def status(settings: Settings) -> KeyReport:
    """What the command shows.

    Raises:
        GivenUp: A setting cannot be used, or the store does not answer.
    """
    async with opened_keys(settings) as opened:
        return await key_report(opened.keys, settings)


async def sealed_finding(settings: Settings) -> list[Finding]:
    """For the doctor: whether what is stored can be opened. Nothing where nobody could look.

    What keeps store or keys from being opened is told by their own findings.
    """
    try:
        async with opened_keys(settings) as opened:
            trouble = await opened.keys.trouble()
    except GivenUp:
        return []
    about = "sealed records"
    if trouble is not None:
        return [Finding(level=Level.FAIL, about=about, what=trouble.what, todo=trouble.todo)]
    return [Finding(level=Level.OK, about=about, what="Every key that they need is there.")]


def sealed_things(use: KeyUse) -> str:
    """`2 links and the audit trail's key`."""
    links = f"{use.links:,} link{'' if use.links == 1 else 's'}"
    if use.links >= MOST_COUNTED:
        links += " or more"
    things = [*([links] if use.links else []), *(["the audit trail's key"] if use.audit else [])]
    return " and ".join(things) or "nothing"

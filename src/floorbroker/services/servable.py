"""Whether a store may be served at all, asked at each start before anything else is read."""

from typing import Final

from floorbroker.config import SettingsProblem
from floorbroker.storage.codec import NEWEST_SCHEMA
from floorbroker.storage.marks import Marks

RESTORING: Final = "restoring"
"""The mark that stands while a backup is put back: the digest of its file."""

_SCHEMA: Final = "schema"


async def expect_servable(marks: Marks) -> None:
    """For a start.

    Raises:
        SettingsProblem: The store is half restored, or a newer version has used it.
    """
    if await marks.get(RESTORING) is not None:
        raise SettingsProblem(
            "A backup was being put back into this store, and that did not come to its end. Run "
            "the same `floorbroker data restore FILE` again: it goes on where it ended."
        )
    used_by = await marks.get(_SCHEMA) or ""
    if used_by.isdecimal() and int(used_by) > NEWEST_SCHEMA:
        raise SettingsProblem(
            f"A newer version of floorbroker has used this store (its documents are of version "
            f"{used_by}, this one reads {NEWEST_SCHEMA}). Start that version, or restore a backup "
            "from before the upgrade into an empty store."
        )


async def note_version(marks: Marks) -> None:
    """Leaves word for an older release that is started on this store."""
    if await marks.get(_SCHEMA) != str(NEWEST_SCHEMA):
        await marks.put(_SCHEMA, str(NEWEST_SCHEMA))

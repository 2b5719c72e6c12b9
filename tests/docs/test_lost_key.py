"""What docs/security.md says to do by hand after a key was lost, done word for word."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from floorbroker.domain.ids import UserId
from floorbroker.storage.documents import Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key
from tests.docs.pages import DOCS
from tests.rotating import NEW, OLD, process

BLOCKS = re.findall(
    r"^```text\n(.*?)^```", (DOCS / "security.md").read_text(), re.MULTILINE | re.DOTALL
)


async def opened(folder: Path) -> Documents:
    documents = SqliteDocuments(folder / "floorbroker.sqlite3")
    await documents.start(INDEXES)
    return documents


def by_hand(folder: Path, key_id: str) -> None:
    (script,) = [block for block in BLOCKS if block.startswith("UPDATE")]
    with closing(sqlite3.connect(folder / "floorbroker.sqlite3")) as connection:
        connection.executescript(
            script.replace("'ID'", f"'{key_id}'").replace(".ID.", f".{key_id}.")
        )


async def test_the_bot_can_start_again_and_what_other_keys_sealed_is_untouched(
    tmp_path: Path,
) -> None:
    documents = await opened(tmp_path)
    [lost] = await process(documents, OLD).linked("lost")
    await process(documents, OLD).audit.pseudonym(UserId("anna"))
    [kept] = await process(documents, NEW).linked("kept")
    await documents.close()

    by_hand(tmp_path, "old")

    documents = await opened(tmp_path)
    new = process(documents, NEW)
    gone = await new.people.link(lost.user_id, lost.link_id)
    assert await new.keys.trouble() is None
    assert gone is not None
    assert (gone.removed, gone.sealed, gone.sealed_by) == (True, "", "")
    assert await new.opens(kept)
    assert await new.audit.pseudonym(UserId("anna"))
    await documents.close()


async def test_an_audit_key_that_another_key_sealed_stays(tmp_path: Path) -> None:
    documents = await opened(tmp_path)
    name = await process(documents, NEW).audit.pseudonym(UserId("anna"))
    await process(documents, new_key("lost")).linked("a")
    await documents.close()

    by_hand(tmp_path, "lost")

    documents = await opened(tmp_path)
    assert await process(documents, NEW).audit.pseudonym(UserId("anna")) == name
    assert await process(documents, NEW).keys.trouble() is None
    await documents.close()

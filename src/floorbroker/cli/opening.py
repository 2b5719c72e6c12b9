"""Opens the application for a command, with a sentence for whatever keeps it from starting."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Final

from floorbroker.bootstrap import App, running
from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from floorbroker.config import Settings, SettingsProblem
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.modes import Role
from floorbroker.storage.opening import open_documents
from floorbroker.vault.opening import open_keyring

_NO_ADDRESS: Final = {"ConfigurationError", "InvalidURI", "ValueError"}
"""What the driver raises for a URI that is none."""


@asynccontextmanager
async def opened(
    settings: Settings, *, background: bool = True, role: Role = Role.ALL
) -> AsyncIterator[App]:
    """`bootstrap.running`.

    Raises:
        GivenUp: A setting cannot be used, or the store does not answer.
    """
    async with AsyncExitStack() as stack:
        with sentences_for_trouble(settings):
            app = await stack.enter_async_context(
                running(
                    settings,
                    keyring=open_keyring(settings),
                    documents=open_documents(settings),
                    background=background,
                    role=role,
                )
            )
        yield app


@contextmanager
def sentences_for_trouble(settings: Settings) -> Iterator[None]:
    """For whatever opens and uses the store.

    Raises:
        GivenUp: A setting cannot be used, or the store does not answer.
    """
    try:
        yield
    except SettingsProblem as problem:
        raise GivenUp(str(problem), MISCONFIGURED) from None
    except StoreUnavailable as error:
        raise GivenUp(" ".join(store_trouble(settings, error))) from None
    except OSError as error:
        raise GivenUp(" ".join(data_dir_trouble(settings, error))) from None


def store_trouble(settings: Settings, error: StoreUnavailable) -> tuple[str, str]:
    """Why the store cannot be used, and the one thing to do. Never a part of the URI."""
    if settings.mongodb_uri is None:
        what = f"The database in {settings.data_dir} cannot be used ({error.detail})."
        return what, "Check that DATA_DIR can be written and its disk is not full."
    if error.detail in _NO_ADDRESS:
        return (
            "MONGODB_URI is not the address of a MongoDB.",
            "Set mongodb://user:password@host:27017; %-encode what is not a letter or digit.",
        )
    if error.detail == "OperationFailure":
        return (
            "MongoDB answers and refuses.",
            "Check user and password in MONGODB_URI, and that the user may make indexes.",
        )
    return (
        f"MongoDB does not answer ({error.detail}).",
        "Check that it runs, host and port in MONGODB_URI, and that it admits this machine.",
    )


def data_dir_trouble(settings: Settings, error: OSError) -> tuple[str, str]:
    """Why files cannot be kept, and the one thing to do."""
    return (
        f"DATA_DIR {settings.data_dir} cannot be used: {error.strerror}.",
        "Set DATA_DIR to a folder that can be written.",
    )

"""The settings as the commands read them: a sentence for each that cannot be used."""

from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from floorbroker.cli.findings import Finding, Level, failures
from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from floorbroker.config import Settings, SettingsProblem, missing_settings
from floorbroker.vault.opening import KEY_FILE, open_keyring

_PORTAL: Final = "discord.com/developers/applications, your application"

EXPLAINED: Final = {
    "DISCORD_TOKEN": (
        "The bot logs in to Discord with it.",
        f"Take it from {_PORTAL}, Bot, Reset Token.",
    ),
    "MONGODB_URI": (
        "The data of a bot for many people is kept there.",
        "Start a MongoDB 5.0 or later and set mongodb://user:password@host:27017.",
    ),
    "CREDENTIAL_MASTER_KEYS": (
        "What people link is sealed with it.",
        "Run `floorbroker keys new`, set what it prints, and keep a copy in a safe place.",
    ),
    "OWNER_ID": (
        "A bot at home serves nobody else.",
        "In Discord turn on Settings, Advanced, Developer Mode; then right-click your name, "
        "Copy User ID.",
    ),
    "OPERATOR_IDS": (
        "Only they can pause trading for everybody, and are told when something is wrong.",
        "Set your own Discord user id.",
    ),
    "OPS_CHANNEL_ID": (
        "Operators are told there when something is wrong with the service.",
        "In Discord turn on Settings, Advanced, Developer Mode; then right-click the channel, "
        "Copy Channel ID.",
    ),
    "PUBLIC_URL": (
        "People link their brokers on its pages.",
        "Set the https address that leads to PORT, such as https://bot.example.com.",
    ),
    "DISCORD_CLIENT_ID": (
        "A browser proves through it whose it is.",
        f"Take it from {_PORTAL}, OAuth2, Client ID.",
    ),
    "DISCORD_CLIENT_SECRET": (
        "A browser proves through it whose it is.",
        f"Take it from {_PORTAL}, OAuth2, Reset Secret.",
    ),
}
"""Setting to what it is for and how to get it."""


def read_settings() -> Settings:
    """The settings of the environment and of `.env`.

    Raises:
        GivenUp: One line for each setting that cannot be used; never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [_sentence(entry) for entry in error.errors(include_input=False)]
    except SettingsError as error:
        lines = [f"The settings cannot be read ({type(error).__name__})."]
    except UnicodeDecodeError:
        lines = [".env is not a text file in UTF-8."]
    except OSError as error:
        lines = [f".env cannot be read: {error.strerror}."]
    # Raised out here: the errors above hold values, so they are no part of the chain.
    raise GivenUp("\n".join(lines), MISCONFIGURED)


def complete_settings() -> Settings:
    """The settings, with everything that a start needs.

    Raises:
        GivenUp: One line for each setting that is missing or cannot be used.
    """
    settings = read_settings()
    failed = failures(setting_findings(settings))
    if failed:
        raise GivenUp("\n".join(finding.sentence for finding in failed), MISCONFIGURED)
    return settings


def not_set(name: str, level: Level) -> Finding:
    """That a setting is missing, what it is for and how to get it."""
    purpose, todo = EXPLAINED[name]
    return Finding(level=level, about=name, what=f"Not set. {purpose}", todo=todo)


def setting_findings(settings: Settings) -> list[Finding]:
    """What the settings alone tell, without asking anybody."""
    missing = missing_settings(settings)
    found = [not_set(name, Level.FAIL) for name in missing]
    if not missing:
        mode = settings.deployment_mode
        found.append(Finding(level=Level.OK, about="settings", what=f"Complete for {mode} mode."))
    found += [*_ids(settings), *_keys(settings), *_times(settings)]
    return found


def _ids(settings: Settings) -> list[Finding]:
    found = []
    for name, ids in (("OWNER_ID", {settings.owner_id}), ("OPERATOR_IDS", settings.operator_ids)):
        if any(not _is_discord_id(one) for one in ids if one):
            what = "A Discord user id has 17 to 20 digits."
            found.append(Finding(level=Level.FAIL, about=name, what=what, todo=EXPLAINED[name][1]))
    if settings.ops_channel_id and not _is_discord_id(settings.ops_channel_id):
        about, what = "OPS_CHANNEL_ID", "A Discord channel id has 17 to 20 digits."
        found.append(Finding(level=Level.FAIL, about=about, what=what, todo=EXPLAINED[about][1]))
    if not settings.operator_ids and not settings.owner_id:
        found.append(not_set("OPERATOR_IDS", Level.WARN))
    return found


def _is_discord_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and 17 <= len(text) <= 20


def _keys(settings: Settings) -> list[Finding]:
    about = "CREDENTIAL_MASTER_KEYS"
    if settings.credential_master_keys is None:
        if not settings.single_user:
            return []  # it is among the missing ones
        about = str(settings.data_dir / KEY_FILE)
        if not (settings.data_dir / KEY_FILE).exists():
            what = "The master key is made there at the first start."
            return [Finding(level=Level.INFO, about=about, what=what)]
    try:
        keyring = open_keyring(settings)
    except SettingsProblem as problem:
        what = str(problem).removeprefix("CREDENTIAL_MASTER_KEYS: ")
        return [Finding(level=Level.FAIL, about=about, what=what)]
    except OSError as error:
        return [Finding(level=Level.FAIL, about=about, what=f"Unreadable: {error.strerror}.")]
    what = f"{len(keyring.keys)} usable; {keyring.newest} seals what is new."
    return [Finding(level=Level.OK, about=about, what=what)]


def _times(settings: Settings) -> list[Finding]:
    """An order on its way must be able to come to its end."""
    if settings.drain_seconds > settings.order_deadline_seconds:
        return []
    return [
        Finding(
            level=Level.WARN,
            about="DRAIN_SECONDS",
            what="Shorter than ORDER_DEADLINE_SECONDS: an order may still be on its way.",
            todo=f"Set DRAIN_SECONDS to more than {settings.order_deadline_seconds:g}.",
        )
    ]


def _sentence(entry: ErrorDetails) -> str:
    name = ".".join(str(part) for part in entry["loc"]).upper()
    if not name:  # several settings that do not fit each other
        return f"{entry['msg'].removeprefix('Value error, ')}."
    if entry["type"] == "value_error":  # one of our own: it lists what may be set
        return f"{name} should be {entry['msg'].removeprefix('Value error, ')}."
    return f"{name} {entry['msg'].removeprefix('Input ').removeprefix('String ')}."

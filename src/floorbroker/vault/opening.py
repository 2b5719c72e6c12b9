"""The master keys that the settings name."""

from typing import Final

import structlog

from floorbroker.config import Settings, SettingsProblem
from floorbroker.vault.keyring import Keyring, KeyringProblem, keyring_file, parse_keyring

KEY_FILE: Final = "master.key"

_log = structlog.get_logger(__name__)


def open_keyring(settings: Settings) -> Keyring:
    """The master keys: from the setting, or at home from a file made on first use.

    Raises:
        SettingsProblem: In the cloud there is no default.
    """
    try:
        if settings.credential_master_keys is not None:
            return parse_keyring(settings.credential_master_keys.get_secret_value())
        if not settings.single_user:
            raise SettingsProblem("Set CREDENTIAL_MASTER_KEYS (id:base64 of 32 random bytes).")
        keyring, fresh = keyring_file(settings.data_dir / KEY_FILE)
    except KeyringProblem as problem:
        raise SettingsProblem(f"CREDENTIAL_MASTER_KEYS: {problem}") from None
    if fresh:
        _log.warning("master_key_made", file=keys_place(settings))
    return keyring


def keys_place(settings: Settings) -> str:
    """Where the operator keeps the keys: the setting's name, or the file's path."""
    if settings.credential_master_keys is not None:
        return "CREDENTIAL_MASTER_KEYS"
    return str(settings.data_dir / KEY_FILE)

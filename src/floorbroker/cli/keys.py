"""`floorbroker keys`: the master keys that seal what people link."""

import secrets

from floorbroker.domain.clock import Clock
from floorbroker.vault.keyring import new_key

ADVICE = (
    "Put it in front of CREDENTIAL_MASTER_KEYS (or of DATA_DIR/master.key), leave older keys "
    "behind it after a comma, and keep a copy in a safe place: without it nothing that was sealed "
    "opens again. Then restart, and seal what is stored with it: floorbroker keys rotate"
)


def fresh_key(clock: Clock) -> str:
    """A new key as `id:base64`; the id tells the day, and no two of one day are the same."""
    return new_key(f"{clock.now():%Y%m%d}-{secrets.token_hex(3)}")

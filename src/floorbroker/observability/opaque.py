"""Finds long strings that no person wrote: keys, tokens, hashes, signatures."""

import re
from typing import Final

SHORTEST: Final = 20
"""Characters. Our order ids have 18, which must pass; vendors' keys have 20 and more."""

_ENOUGH: Final = 12
"""Characters of a run that must not read as words; separators take a few away from a key."""

_RUN: Final = re.compile(rf"[A-Za-z0-9+/_-]{{{SHORTEST},}}={{0,2}}")
_SEPARATORS: Final = re.compile(r"[+/_=-]+")
_WORDLIKE: Final = re.compile(r"\d*(?:[A-Za-z]+\d{0,8})?|[A-Z]{1,6}\d{6}[CP]\d{8}")
"""Digits at the ends only, as in `20261121`, `test7` and `3rd`; or an option's symbol."""
_ORDER_ID: Final = re.compile(r"[a-z0-9]{18}")
_VENDORS_ORDER_ID: Final = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # Alpaca, Coinbase: a UUID
    r"|\b[A-Z0-9]{6}-[A-Z0-9]{5}-[A-Z0-9]{6}\b"  # Kraken
)
_CASE_CHANGE: Final = re.compile(r"[a-z](?=[A-Z])|[A-Z](?=[a-z])")


def mask_opaque(text: str, mask: str) -> str:
    """Replaces every run of 20 characters and more that is neither words nor one of our ids."""
    if len(text) < SHORTEST:
        return text
    return _RUN.sub(lambda found: mask if _is_opaque(found[0]) else found[0], text)


def _is_opaque(run: str) -> bool:
    """Whether enough of `run` is in pieces that do not read as words."""
    pieces = _SEPARATORS.split(_VENDORS_ORDER_ID.sub("", run))
    return sum(len(piece) for piece in pieces if not _reads(piece)) >= _ENOUGH


def _reads(piece: str) -> bool:
    if _ORDER_ID.fullmatch(piece) is not None:
        return True
    if _WORDLIKE.fullmatch(piece) is None:
        return False
    # Names in camel case change case twice a word, random letters at every other one.
    return len(_CASE_CHANGE.findall(piece)) * 3 <= len(piece) + 3

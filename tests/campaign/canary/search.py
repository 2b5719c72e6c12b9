"""Looks for secrets in everything that a row left behind, in every form that it could have."""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

WINDOW: Final = 8
"""Bytes that are compared first; no form of a secret is shorter."""

_FILLED: Final = re.compile(rb"[^\x00]{%d,}" % WINDOW)
_ENGINES_OWN: Final = re.compile(r"WiredTiger.*|.*\.wt")
"""Compressed; what they hold is in `dumps`."""

_LINK_ADDRESS: Final = re.compile(rb"/link/[A-Za-z0-9_-]{43}")
_HIDDEN_FIELD: Final = re.compile(rb'<input type="hidden" name="form" value="[0-9a-f]{64}">')
_TO_A_BROKER: Final = re.compile(rb'(?:href="|content="0; url=)https?://[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A secret that was found."""

    kind: str
    form: str
    place: str
    secret: str

    def __str__(self) -> str:
        """Without the secret: a report is no place for one either."""
        return f"{self.kind} ({len(self.secret)} characters) as {self.form} in {self.place}"


def forms(secret: str) -> Iterator[tuple[str, bytes]]:
    """A secret as it could be written."""
    raw = secret.encode()
    yield "plain", raw
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    for shift in range(3):  # wherever it stands in a longer text
        encoded = base64.b64encode(bytes(shift) + raw)
        whole = encoded[-(-shift * 4 // 3) : len(encoded) - 4]
        yield "base64", whole
        yield "base64", whole.translate(bytes.maketrans(b"+/", b"-_"))
    yield "URL-encoded", quote(secret, safe="").encode()
    yield "URL-encoded", quote_plus(secret).encode()
    once = json.dumps(secret)[1:-1]
    yield "JSON", once.encode()
    yield "JSON in JSON", json.dumps(once)[1:-1].encode()
    yield "JSON with escaped slashes", once.replace("/", "\\/").encode()


def learned(path: Path) -> Mapping[str, str]:
    """Kind by secret."""
    if not path.exists():
        return {}
    lines = path.read_text("utf-8").splitlines()
    return {secret: kind for kind, secret in map(json.loads, lines)}


def searched(folder: Path, secrets: Mapping[str, str]) -> tuple[Sequence[Hit], int]:
    """What was found, and how many bytes were looked through."""
    heads: dict[bytes, list[tuple[bytes, str, str]]] = {}
    for secret in secrets:
        for form, text in forms(secret):
            if len(text) >= WINDOW:
                heads.setdefault(text[:WINDOW], []).append((text, form, secret))
    hits: dict[tuple[str, str], Hit] = {}
    looked = 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or _ENGINES_OWN.fullmatch(path.name):
            continue
        place = str(path.relative_to(folder)).split("/")[0]
        text = _allowed_removed(place, path.read_bytes())
        looked += len(text)
        for form, secret in _found(text, heads):
            hit = Hit(kind=secrets[secret], form=form, place=place, secret=secret)
            hits.setdefault((secret, place), hit)
    return list(hits.values()), looked


def _found(
    text: bytes, heads: Mapping[bytes, Sequence[tuple[bytes, str, str]]]
) -> Iterator[tuple[str, str]]:
    for run in _FILLED.finditer(text):
        piece = run[0]
        for begin in range(len(piece) - WINDOW + 1):
            for wanted, form, secret in heads.get(piece[begin : begin + WINDOW], ()):
                if piece.startswith(wanted, begin):
                    yield form, secret


def _allowed_removed(place: str, text: bytes) -> bytes:
    """Without the few places in which a secret has to be: that is how it gets to its person.

    The address of a link in the private card that was asked for it, the form token in its form, and
    the state in the address that leads to a broker.
    """
    if place in {"messages", "requests"}:
        return _LINK_ADDRESS.sub(b"", text)
    if place == "pages":
        return _TO_A_BROKER.sub(b"", _HIDDEN_FIELD.sub(b"", text))
    return text

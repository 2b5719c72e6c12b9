"""What looks like a secret is masked wherever it stands; what the trade needs stays."""

import base64
import logging
import string
from hashlib import sha256, sha512

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.domain.ids import new_order_id
from floorbroker.observability.redact import LONGEST_TEXT, MASK, RedactingFilter, redact_text
from tests.observability.captured import captured_stderr

SEEDS = st.binary(min_size=1, max_size=16)
ALPHANUMERIC = string.ascii_letters + string.digits


def _alphanumeric(seed: bytes) -> str:
    """64 characters, as Binance's keys."""
    return "".join(ALPHANUMERIC[byte % len(ALPHANUMERIC)] for byte in sha512(seed).digest())


OPAQUE = st.one_of(
    SEEDS.map(lambda seed: sha256(seed).hexdigest()),  # E*TRADE
    SEEDS.map(lambda seed: sha256(seed).hexdigest()[:32]),  # Webull
    SEEDS.map(lambda seed: base64.b64encode(sha512(seed).digest()).decode()),  # Kraken
    SEEDS.map(lambda seed: base64.urlsafe_b64encode(sha512(seed).digest()).decode()),  # Discord
    SEEDS.map(_alphanumeric),
)
SHORT = st.text(ALPHANUMERIC, min_size=4, max_size=16).map(lambda text: f"zQ7{text}")
"""Too short to be recognised by its looks: its name or its place must give it away."""

NAMES = st.sampled_from(
    ["token", "DISCORD_TOKEN", "access_token", "client_secret", "password", "api_key", "apiKey",
     "X-API-Key", "APCA-API-SECRET-KEY", "private_key", "app_key", "Signature", "credentials",
     "oauth_verifier", "passphrase", "CREDENTIAL_MASTER_KEYS"]
)  # fmt: skip
NAMED_PLACES = st.sampled_from(
    ["{name}={secret}", "{name}: {secret}", '{{"{name}": "{secret}", "side": "buy"}}',
     "{{'{name}': '{secret}'}}", "{name} = '{secret}'", r'{{\"{name}\": \"{secret}\"}}',
     "{name}=b'{secret}'", "POST {name}={secret}&side=buy", "{name}=[one, {secret}]",
     '{name}="half {secret}']
)  # fmt: skip
PLACES = st.sampled_from(
    ["Authorization: Bearer {secret}", "bearer {secret}", "cookie: theme=dark; session={secret}",
     "{{'Authorization': 'OAuth realm=x, y={secret}'}}", "https://user:{secret}@host.example/path",
     "https://{secret}@host.example", "https://host.example/path?code={secret}&state=x",
     "https://host.example/path#{secret}", "GET /oauth/callback?state=x&code={secret} 302",
     "mongodb://user:{secret}@a.example,b.example/db", "mongodb+srv://{secret}.example/db?w=1",
     "-----BEGIN EC PRIVATE KEY-----\n{secret}\n-----END EC PRIVATE KEY-----"]
)  # fmt: skip


@given(secret=OPAQUE, before=st.sampled_from(["", "refused key ", "(", "id=", '"', "/webhooks/1/"]))
def test_a_key_is_known_by_its_looks(secret: str, before: str) -> None:
    assert secret not in redact_text(f"{before}{secret} was refused")


@given(secret=SHORT, name=NAMES, place=NAMED_PLACES)
def test_a_short_secret_is_known_by_its_name(secret: str, name: str, place: str) -> None:
    assert secret not in redact_text(place.format(name=name, secret=secret))


@given(secret=SHORT, name=NAMES, place=NAMED_PLACES)
def test_what_is_masked_stays_as_it_is_when_it_is_redacted_again(
    secret: str, name: str, place: str
) -> None:
    once = redact_text(place.format(name=name, secret=secret))

    assert redact_text(once) == once


def test_a_key_without_a_single_digit_is_known_by_its_changes_of_case() -> None:
    assert redact_text("key kQzWvRtYbNmXcLpHsGdFjKlQ refused") == f"key {MASK} refused"


@given(secret=SHORT, place=PLACES)
def test_a_short_secret_is_known_by_its_place(secret: str, place: str) -> None:
    assert secret not in redact_text(f"failed: {place.format(secret=secret)}")


def test_a_discord_token_and_a_web_token_are_known_by_their_dots() -> None:
    bot = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
    web = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJrZXkifQ.c2ln"

    assert redact_text(f"login {bot} failed") == f"login {MASK} failed"
    assert redact_text(f"jwt {web} expired") == f"jwt {MASK} expired"


@pytest.mark.parametrize(
    "text",
    [
        "AAPL", "BRK.B", "BTC/USD", "XXBTZUSD", "ESZ6", "ETH-USD-20261225-4000-C",
        "GOOGL261218C00150000", "AAPL  261218C00150000", "1098765432109876543",
        "OQCLML-BW3P3-BUCMWZ", "/0/orders/OAVY7T-MV5VK-KHDF5X",
        "61e69015-8549-4bfd-b9c3-01e75843f47d", "2026-11-21T10:15:00.123456+00:00",
        "floorbroker/services/reconcile.py", "BrokerConnectionErrorOfSomeKind",
        "test_an_unanswered_order_is_never_sent_twice", "a token was refused", "OUTCOME_UNKNOWN",
        '  File "/app/lib/python3.11/site-packages/discord/app_commands/commands.py", line 858',
    ],
)  # fmt: skip
def test_what_the_trade_logs_passes_unchanged(text: str) -> None:
    assert redact_text(text) == text


@given(st.builds(new_order_id))
def test_our_order_ids_pass_unchanged(order_id: str) -> None:
    for text in (order_id, f"client_order_id={order_id}", f"DELETE /v2/orders/{order_id}"):
        assert redact_text(text) == text


@given(st.text())
def test_any_text_is_redacted_without_an_error_and_only_once(text: str) -> None:
    once = redact_text(text)

    assert redact_text(once) == once


@given(secret=OPAQUE, padding=st.integers(min_value=0, max_value=80))
def test_a_text_is_cut_without_leaving_the_head_of_a_secret(secret: str, padding: int) -> None:
    text = "word " * ((LONGEST_TEXT - 80) // 5) + "x" * padding + f" {secret} and more"

    redacted = redact_text(text)

    assert len(redacted) <= LONGEST_TEXT + len(MASK)
    assert secret[:12] not in redacted


@given(secret=SHORT, name=NAMES)
def test_a_planted_secret_never_reaches_the_log(secret: str, name: str) -> None:
    class Odd:
        def __str__(self) -> str:
            return f"Odd({name}={secret})"

    with captured_stderr() as output:
        ours, theirs = structlog.stdlib.get_logger("ours"), logging.getLogger("theirs")
        ours.info("fields", **{name: secret})
        ours.info("nested", answer={"headers": [{name: secret}], "held": ({name: [secret]},)})
        ours.info("objects", odd=Odd(), raw=secret.encode(), error=ValueError(f"{name}={secret}"))
        ours.info(f"careless {name}={secret}")
        theirs.warning("careless %s=%s", name, secret)
        theirs.warning({name: secret})
        try:
            try:
                raise KeyError(f"{name}: {secret}")
            except KeyError as cause:
                raise ConnectionError(f"mongodb://u:{secret}@host/") from cause
        except ConnectionError as error:
            error.add_note(f"with {name}={secret}")
            ours.exception("failed")
            theirs.exception("failed")

    assert secret not in output.getvalue()
    assert len(output.records()) == 8


def test_counts_and_flags_pass_whatever_they_are_called() -> None:
    with captured_stderr() as output:
        structlog.stdlib.get_logger("ours").info("refreshed", tokens=3, has_secret=True, cookie="")

    (line,) = output.records()
    assert (line["tokens"], line["has_secret"], line["cookie"]) == (3, True, "")


def test_an_object_that_cannot_be_shown_does_not_lose_the_line() -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("no words")

    with captured_stderr() as output:
        structlog.stdlib.get_logger("ours").info("seen", what=Broken())

    assert output.records()[0]["what"] == "[Broken]"


def test_the_filter_serves_a_handler_with_a_formatter_of_its_own() -> None:
    try:
        raise ValueError("password=zQ7planted")
    except ValueError as error:
        record = logging.LogRecord(
            "theirs", logging.ERROR, __file__, 1, "token=%s", ("zQ7planted",),
            (type(error), error, error.__traceback__),
        )  # fmt: skip

    kept = RedactingFilter().filter(record)

    line = logging.Formatter("%(message)s").format(record)
    assert kept
    assert line.startswith(f"token={MASK}")
    assert "ValueError: password=" in line
    assert "zQ7planted" not in line.replace('raise ValueError("password=', "")

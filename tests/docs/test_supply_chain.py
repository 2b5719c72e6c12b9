"""What the image is built from and how it runs, read from the files that say so."""

import fnmatch
import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.docs.pages import ROOT

LOCKS: Final = sorted((ROOT / "requirements").glob("*.txt"))
CONTEXT: Final = {"LICENSE", "README.md", "pyproject.toml", "requirements/", "src/"}
PRIVATE: Final = (".env", ".env.bak.2", "a.pem", "master.key", "floorbroker.sqlite3-wal")
DOCKERFILE: Final = (ROOT / "Dockerfile").read_text()
STAGE: Final = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]


def rules() -> list[str]:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def goes_in(path: str) -> bool:
    """Whether Docker sends a file to the build: the last rule that fits decides."""
    sent = True
    for rule in rules():
        pattern = rule.removeprefix("!").rstrip("/")
        parts = path.split("/")
        heads = ["/".join(parts[:number]) for number in range(1, len(parts) + 1)]
        if pattern.startswith("**/"):
            fits = any(fnmatch.fnmatch(part, pattern[3:]) for part in parts)
        else:
            fits = any(fnmatch.fnmatch(head, pattern) for head in heads)
        if fits:
            sent = rule.startswith("!")
    return sent


@pytest.mark.parametrize("lock", LOCKS, ids=[lock.stem for lock in LOCKS])
def test_every_locked_package_has_its_version_and_its_hashes(lock: Path) -> None:
    text = lock.read_text().replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]

    assert all(re.match(r"[A-Za-z0-9._-]+==[^ ]+ ", one) for one in packages)
    assert all("--hash=sha256:" in one for one in packages)
    assert "://" not in text


def test_only_what_is_named_goes_into_the_image() -> None:
    assert rules()[0] == "*"
    assert {rule[1:] for rule in rules() if rule.startswith("!")} == CONTEXT
    assert goes_in("src/floorbroker/config.py")
    assert goes_in("requirements/cloud.txt")


@pytest.mark.parametrize("folder", ["", "src/", "src/floorbroker/", "requirements/", "data/"])
@pytest.mark.parametrize("name", PRIVATE)
def test_nothing_private_goes_into_the_image(folder: str, name: str) -> None:
    assert not goes_in(folder + name)


def test_each_file_of_the_build_is_let_in() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)

    assert copied
    assert all(goes_in(name) for line in copied for name in line.split())


def test_the_image_has_no_setting_that_is_secret() -> None:
    named = re.findall(r"^(?:ARG|ENV)\b.*(?:\\\n.*)*", DOCKERFILE, re.MULTILINE)

    assert named
    assert not re.search(r"TOKEN|SECRET|KEYS?\b|PASSWORD|URI", "".join(named))


def test_the_last_stage_takes_the_packages_and_nothing_that_builds() -> None:
    assert re.findall(r"^COPY .*$", STAGE, re.MULTILINE) == ["COPY --from=build /venv /venv"]
    assert "pip uninstall --yes pip" in STAGE
    assert "pip install" not in STAGE
    assert "--require-hashes" in DOCKERFILE
    assert all(
        "--require-hashes" in line or "--no-deps --no-index" in line
        for line in re.findall(r"pip .*\binstall\b.*", DOCKERFILE)
    )


def test_the_image_does_not_run_as_root() -> None:
    (user,) = re.findall(r"^USER (\d+):(\d+)$", STAGE, re.MULTILINE)

    assert "0" not in user
    assert STAGE.index("USER ") < STAGE.index("\nCMD ")


def test_compose_takes_from_the_bot_what_it_does_not_need() -> None:
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    bot = services["bot"]

    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert bot["tmpfs"] == ["/tmp"]
    assert bot["volumes"] == ["bot-data:/data"]
    assert all(port.startswith("127.0.0.1:") for port in bot["ports"])
    assert "ports" not in services["mongo"]


SECRETS: Final = (
    re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\\?n?\s*[\"']?[A-Za-z0-9+/]{40}"),
    re.compile(r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}"),  # Discord's
    re.compile(r"\b(?:AKIA|ghp_|glpat-|xox[abp]-|sk_live_)[A-Za-z0-9_-]{16,}"),
    re.compile(r"mongodb(?:\+srv)?://[^\s:@/{]+:(?!password@)[^\s@{]{8,}@[a-z0-9-]+\.[a-z]"),
)
PLANTED: Final = {Path("tests/observability/test_redact.py")}
"""Looks for one in the log, and has made it up."""

KINDS: Final = {".py", ".md", ".toml", ".yaml", ".txt", ".json", ".example", ".js", ".html"}


@pytest.mark.parametrize("folder", ["src", "tests", "docs", "bench", "requirements", "."])
def test_no_file_holds_a_secret_in_a_vendors_form(folder: str) -> None:
    files = (ROOT / folder).iterdir() if folder == "." else (ROOT / folder).rglob("*")
    texts = {
        file.relative_to(ROOT): file.read_text(errors="replace")
        for file in files
        if file.is_file()
        and file.suffix in KINDS
        and "_build" not in file.parts
        and file.relative_to(ROOT) not in PLANTED
    }

    found = {
        (str(path), one.pattern)
        for path, text in texts.items()
        for one in SECRETS
        if one.search(text)
    }

    assert texts
    assert found == set()


@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN EC PRIVATE KEY-----\n" + "A" * 60,
        "M" + "a" * 25 + ".abcdef." + "b" * 30,
        "AKIA" + "A" * 16,
        "mongodb+srv://bot:" + "hunter2hunter2" + "@cluster0.example.net",
    ],
)
def test_a_planted_secret_would_be_found(planted: str) -> None:
    assert any(one.search(planted) for one in SECRETS)

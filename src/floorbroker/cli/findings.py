"""What a check found, and how it is printed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters; only `fail` keeps the bot from working."""

    OK = "ok"
    INFO = "info"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fact about this installation, free of secrets.

    Attributes:
        about: What was looked at: a setting, a part, a broker.
        what: What is the case, one sentence.
        todo: The one thing to do about it; empty where nothing has to be done.
    """

    level: Level
    about: str
    what: str
    todo: str = ""

    @property
    def sentence(self) -> str:
        """All of it on one line."""
        return f"{self.about}: {self.what} {self.todo}".rstrip()


def failures(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those that keep the bot from working."""
    return tuple(finding for finding in findings if finding.level is Level.FAIL)


def as_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """For a terminal: level, subject, fact, and below it what to do."""
    width = max((len(finding.about) for finding in findings), default=0)
    for finding in findings:
        yield f"{finding.level:<4}  {finding.about:<{width}}  {finding.what}"
        if finding.todo:
            yield f"{'':<{width + 6}}  → {finding.todo}"


def as_json(findings: Sequence[Finding]) -> str:
    """For other programs; `ok` is whether nothing fails."""
    report = {"ok": not failures(findings), "findings": [asdict(found) for found in findings]}
    return json.dumps(report, indent=2, ensure_ascii=False)

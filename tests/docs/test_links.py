"""Every link leads somewhere, and every path that a page names is there."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, all_pages, anchors, code_spans, links, name_of

FOLDERS = ("src/", "docs/", "tests/", "requirements/", "bench/", ".ci/")
FILES = {
    ".env.example",
    "CHANGELOG.md",
    "compose.yaml",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "pyproject.toml",
    "railway.toml",
}
each_page = pytest.mark.parametrize("page", all_pages(), ids=name_of)


@each_page
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    targets = [link.partition("#")[0] for link in links(page.read_text()) if "://" not in link]

    gone = [target for target in targets if target and not (page.parent / target).exists()]
    assert gone == []


@each_page
def test_every_anchor_is_a_heading_of_its_page(page: Path) -> None:
    gone = []
    for link in links(page.read_text()):
        target, hash_sign, anchor = link.partition("#")
        if hash_sign and "://" not in link:
            other = page.parent / target if target else page
            gone += [link] if anchor not in set(anchors(other.read_text())) else []

    assert gone == []


@each_page
def test_every_link_to_the_web_is_encrypted(page: Path) -> None:
    assert [link for link in links(page.read_text()) if link.startswith("http:")] == []


@each_page
def test_every_path_that_is_named_is_there(page: Path) -> None:
    named = {
        span
        for span in code_spans(page.read_text())
        if span in FILES or (span.startswith(FOLDERS) and not re.search(r"[<>* ]", span))
    }

    assert {path for path in named if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](b.md#c) and ![d](e.png)", ["b.md#c", "e.png"]),
        ("```\n[a](b.md)\n```\n", []),
    ],
)
def test_links_are_found_outside_of_code(text: str, found: list[str]) -> None:
    assert links(text) == found


def test_an_anchor_is_made_as_github_makes_it() -> None:
    assert list(anchors("## 1. The Discord application\n")) == ["1-the-discord-application"]

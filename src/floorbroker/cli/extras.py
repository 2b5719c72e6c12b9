"""Which brokers' packages are installed, and how this installation gets another one."""

import json
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from floorbroker.brokers.availability import sdk_installed
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.spec import BrokerSpec

_PIPX: Final = "pipx_metadata.json"
_UV_TOOL: Final = "uv-receipt.toml"
"""What the two leave in an environment of theirs: https://pipx.pypa.io, https://docs.astral.sh/uv"""


def extras_lines() -> Iterator[str]:
    """One line for all that are there, one for each that is not, with the command."""
    with_package = [spec for spec in all_brokers() if spec.sdk_module and not spec.retired]
    there = [spec for spec in with_package if sdk_installed(spec)]
    yield f"Installed: {', '.join(spec.name for spec in there) or 'no broker but paper'}."
    for spec in with_package:
        if spec not in there:
            yield f"Not installed: {spec.name}. {install_here(spec, there)}"


def install_here(
    spec: BrokerSpec,
    there: Sequence[BrokerSpec],
    environment: Path = Path(sys.prefix),
    direct_url: str | None = None,
) -> str:
    """The command that adds the broker's package to this very installation.

    Args:
        there: The brokers whose packages must stay, since pipx and uv install anew.
        direct_url: What says where the installation came from (PEP 610); left out, its own.
    """
    told = direct_url or distribution("floorbroker").read_text("direct_url.json")
    origin = json.loads(told) if told else {}
    editable = " --editable" if origin.get("dir_info", {}).get("editable") else ""
    every = ",".join(sorted({one.extra or one.id for one in (*there, spec)}))
    if (environment / _PIPX).exists():
        return f'pipx install --force{editable} "{_source(origin, every)}"'
    if (environment / _UV_TOOL).exists():
        return f'uv tool install --force{editable} "{_source(origin, every)}"'
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f'{python} -m pip install{editable} "{_source(origin, spec.extra or spec.id)}"'


def _source(origin: dict[str, Any], extras: str) -> str:
    """From where it came: a folder, an address, or by its name from a package index."""
    if not origin:
        return f"floorbroker[{extras}]"
    if "dir_info" in origin:
        return f"{url2pathname(urlsplit(origin['url']).path)}[{extras}]"
    vcs = origin.get("vcs_info", {}).get("vcs")
    return f"floorbroker[{extras}] @ {f'{vcs}+' if vcs else ''}{origin['url']}"

"""nginx before the replicas, as the deployment of several has it; on loopback, in a folder."""

import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.campaign.row import PROGRAMS
from tests.redis_server import free_port

PROGRAM: Final = shutil.which("nginx", path=PROGRAMS) or "nginx"
_START_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 10.0
_SITE: Final = Path(__file__).parents[3] / "deploy" / "scale" / "nginx.conf.template"

_AROUND: Final = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""


class Balancer:
    """Listens on `port` and passes requests on to whichever replica takes them."""

    def __init__(self, folder: Path, replicas: Sequence[int]) -> None:
        """`replicas` are their ports; the site's file is the one that deployments use."""
        self._folder = folder
        self._replicas = replicas
        self.port = free_port()

    def __enter__(self) -> Self:
        """Itself, listening."""
        file = configured(self._folder, f"127.0.0.1:{self.port}", self._replicas)
        self._process = subprocess.Popen([PROGRAM, "-p", str(self._folder), "-c", str(file)])
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        self._process.kill()
        raise RuntimeError("nginx did not start")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends it."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()


def configured(folder: Path, listen: str, replicas: Sequence[int]) -> Path:
    """The file of a whole nginx, made of the site's and of what stands around it."""
    servers = " ".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=1s;" for port in replicas)
    site = _SITE.read_text(encoding="utf-8")
    site = site.replace("${SERVERS}", servers).replace("${LISTEN}", listen)
    file = folder / "nginx.conf"
    file.write_text(_AROUND.format(folder=folder, site=site), encoding="utf-8")
    return file

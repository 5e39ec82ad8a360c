"""Debian's nginx with the configuration of `deploy/`, before replicas on this machine."""

import getpass
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.server import free_port
from etl.paths import ROOT


def configuration(folder: Path, listen: int, ports: list[int]) -> str:
    """deploy/nginx.conf for these ports, as a whole configuration that writes into `folder` alone."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    listed = "\n".join(f"    server 127.0.0.1:{p} max_fails=1 fail_timeout=5s;" for p in ports)
    kept = [line for line in text.splitlines() if not line.strip().startswith("server 127.0.0.1:")]
    text = "\n".join(kept).replace("consistent;", f"consistent;\n{listed}")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{listen};")
    text = text.replace("/var/log/nginx/match-atlas.log", str(folder / "access.log"))
    text = text.replace("/var/cache/match-atlas", str(folder / "cache"))
    own = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        # A folder of one's own is closed to the user that nginx takes by itself.
        f"user {getpass.getuser()};\npid {folder}/pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
        f"worker_rlimit_nofile 16384;\nevents {{ worker_connections 8192; }}\nhttp {{\n{own}{text}\n}}\n"
    )


@contextmanager
def proxied(folder: Path, ports: list[int]) -> Iterator[str]:
    """The address of nginx before replicas at `ports`; ends with the `with`."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        raise RuntimeError("nginx is missing: apt-get install nginx-light")
    listen = free_port()
    file = folder / "nginx.conf"
    file.write_text(configuration(folder, listen, ports))
    process = subprocess.Popen([nginx, "-p", folder, "-c", file, "-g", "daemon off;"])
    try:
        time.sleep(0.5)
        yield f"http://127.0.0.1:{listen}"
    finally:
        process.terminate()
        process.wait(10)


def visits_by_replica(folder: Path) -> dict[str, int]:
    """How many websockets nginx sent to each replica, by its address."""
    found: dict[str, int] = {}
    for line in (folder / "access.log").read_text().splitlines():
        fields = line.split()
        if fields[2] == "/_stcore/stream" and fields[3] == "101":
            found[fields[5]] = found.get(fields[5], 0) + 1
    return found

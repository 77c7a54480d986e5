"""The built-in public server against nginx on the same bytes, and our nginx configuration against a plain folder.

    python bench/serve.py [--kilobytes 10 60] [--seconds 5] [--rounds 3]

One server at a time, `wrk -t1 -c32`, gzip variants, rounds in changing order. The figure is requests per second of the
server's own CPU time, since wrk shares the machine. Prints JSON lines.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


HOST = "ju.localhost"
PORT = 18473
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kilobytes", type=int, nargs="+", default=[10, 60])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if shutil.which("wrk") is None or nginx_program() is None:
        sys.exit("wrk and nginx are needed")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        home = Path(folder)
        home.chmod(0o755)
        write_tree(home, options.kilobytes)
        for kilobytes in options.kilobytes:
            measure(home, f"/{kilobytes}.html", options)


def measure(home: Path, path: str, options: argparse.Namespace) -> None:
    servers: dict[str, Callable[[Path], subprocess.Popen[bytes]]] = {
        "nginx, plain folder": plain_nginx,
        "nginx, jiyue's configuration": our_nginx,
        "jiyue serve": ours,
    }
    rates: dict[str, list[float]] = {name: [] for name in servers}
    names = list(servers)
    for _ in range(options.rounds):
        random.shuffle(names)
        for name in names:
            result = one(servers[name], home, path, options.seconds)
            rates[name].append(result["per_cpu_second"])
            print(json.dumps({"server": name, "path": path, **result}), flush=True)
    middle = {name: statistics.median(values) for name, values in rates.items()}
    base = middle["nginx, plain folder"]
    ratios = {name: round(value / base, 2) for name, value in middle.items()}
    print(
        json.dumps(
            {"path": path, "to_nginx": ratios, "spread": {n: [round(min(v)), round(max(v))] for n, v in rates.items()}}
        )
    )


def one(start: Callable[[Path], subprocess.Popen[bytes]], home: Path, path: str, seconds: int) -> dict[str, float]:
    if is_open():
        sys.exit(f"port {PORT} is taken: another server would be measured")
    server = start(home)
    try:
        wait_until_open()
        wrk(path, 1)
        before = cpu_of(server.pid)
        output = wrk(path, seconds)
        cpu = cpu_of(server.pid) - before
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    requests = int(re.search(r"(\d+) requests in", output)[1])
    if "Non-2xx" in output:
        sys.exit(output)
    return {
        "requests_per_second": round(requests / seconds),
        "per_cpu_second": round(requests / cpu),
        "bytes_each": round(size_of(output) / requests),
    }


def wrk(path: str, seconds: int) -> str:
    url = f"http://127.0.0.1:{PORT}{path}"
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-H", f"Host: {HOST}", "-H", "Accept-Encoding: gzip", url]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def size_of(output: str) -> float:
    number, unit = re.search(r"requests in [\d.]+m?s, ([\d.]+)([KMG]?B) read", output).groups()
    return float(number) * {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}[unit]


def cpu_of(pid: int) -> float:
    """Seconds of a process and all below it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / TICKS
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(cpu_of(int(child)) for child in children)


def write_tree(home: Path, sizes: list[int]) -> None:
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from jiyue.publishing.tree import compress

    root = home / "public" / "ju"
    root.mkdir(parents=True)
    rng = random.Random(1)
    for kilobytes in sizes:
        text = "".join(chr(rng.randrange(0x4E00, 0x4E00 + 800)) for _ in range(kilobytes * 1024 // 3))
        body = f"<!doctype html><title>x</title><p>{text}".encode()
        (root / f"{kilobytes}.html").write_bytes(body)
        (root / f"{kilobytes}.html.gz").write_bytes(compress(body))
    (home / "public" / "hosts.json").write_text(json.dumps({HOST: "ju"}))
    (home / "public" / "hosts.map").write_text(f'"{HOST}" "ju";\n')


def ours(home: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "jiyue", "serve", "--files-only", "--port", str(PORT)]
    return subprocess.Popen(command, env=os.environ | {"JIYUE_HOME": str(home)})


def plain_nginx(home: Path) -> subprocess.Popen[bytes]:
    return nginx(
        home,
        f"""worker_processes 1; pid {home}/pid; error_log {home}/error.log; events {{ worker_connections 1024; }}
        http {{ include /etc/nginx/mime.types; access_log {home}/access.log; sendfile on; tcp_nopush on; gzip_static on;
        open_file_cache max=1000; keepalive_requests 10000;
        server {{ listen {PORT}; root {home}/public/ju; }} }}""",
    )


def our_nginx(home: Path) -> subprocess.Popen[bytes]:
    code = (
        "import django; django.setup()\nfrom pathlib import Path\nfrom jiyue.publishing.nginx import configuration\n"
        f"print(configuration(port={PORT}, application='127.0.0.1:1', run=Path({str(home)!r}), workers='1'))"
    )
    environment = os.environ | {"JIYUE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "jiyue.settings"}
    written = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return nginx(home, written.stdout)


def nginx(home: Path, configuration: str) -> subprocess.Popen[bytes]:
    file = home / "nginx.conf"
    file.write_text(configuration)
    return subprocess.Popen(
        [nginx_program(), "-c", str(file), "-e", f"{home}/error.log", "-g", "daemon off; user root;"]
    )


def nginx_program() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def is_open() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


def wait_until_open() -> None:
    deadline = time.monotonic() + 90
    while not is_open():
        if time.monotonic() > deadline:
            sys.exit("the server did not start")
        time.sleep(0.1)


if __name__ == "__main__":
    main()

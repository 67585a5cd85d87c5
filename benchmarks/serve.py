"""Measure uploads beside two servers that an engineer might write instead.

    python benchmarks/serve.py [--rounds 3] [--workloads mix:8 mix:32 small:8]

In each round, every server in turn gets the same pictures: deewhy by its API and by
its form, `plain` and `durable` Starlette (`serve_peers.py`, whose libraries are in
requirements-bench.txt). Every answer is checked. `mix:8` sends the mix by 8 clients
that wait for their answers, `mix@40` at 40 a second without waiting. CPU times are per
served picture: that of the server's processes, and that of Cassandra's. The figures are
medians over the rounds; the clients run on the same machine.
"""

import argparse
import asyncio
import datetime
import json
import os
import platform
import sys
from pathlib import Path
from statistics import median

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
django.setup()

# They need the settings above.
from benchmarks.serve_load import closed_loop, open_loop  # noqa: E402
from benchmarks.serve_pictures import workload  # noqa: E402
from benchmarks.serve_processes import running_servers  # noqa: E402

WARM_UP = 40  # pictures, so that connections are open and code is compiled
SERVERS = ("plain", "durable", "api", "form")
COLUMNS = (
    "workload",
    "server",
    "req/s",
    "p50/p95/p99, ms",
    "small p50/p95/p99, ms",
    "refused, %",
    "web CPU, ms",
    "Cassandra CPU, ms",
    "memory, MB",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="default: 3")
    parser.add_argument(
        "--workloads",
        nargs="+",
        default=["mix:8", "mix:32", "small:8"],
        help="mix, small, medium, large, with :CLIENTS or @RATE; default: %(default)s",
    )
    parser.add_argument(
        "--servers", nargs="+", choices=SERVERS, default=SERVERS, help="default: all"
    )
    parser.add_argument(
        "--pictures", type=int, default=200, help="of a workload; default: 200"
    )
    parser.add_argument("--json", type=Path, help="also write the figures there")
    options = parser.parse_args()
    pictures = {
        name: workload(name.rstrip("0123456789.").rstrip(":@"))[: options.pictures]
        for name in options.workloads
    }
    with running_servers(options.servers) as servers:
        for name in servers.by_name:
            measure(servers, name, "mix:4", workload("mix")[:WARM_UP])
        rounds = [
            {
                (kind, name): measure(servers, name, kind, pictures[kind])
                for kind in options.workloads
                for name in servers.by_name
            }
            for _ in range(options.rounds)
        ]
    report(rounds, options.json)


def measure(servers, name, kind, pictures):
    """Send a workload to a server; return its row of figures."""
    server = servers.by_name[name]
    web_s, cassandra_s = server.cpu_s(), servers.cassandra_cpu_s()
    if "@" in kind:
        load = open_loop(server.target, pictures, float(kind.partition("@")[2]))
    else:
        load = closed_loop(server.target, pictures, int(kind.partition(":")[2]))
    figures = asyncio.run(load)
    served = figures.served or 1
    row = {
        "per_s": figures.served / figures.seconds,
        "ms": figures.percentiles_ms(),
        "small_ms": figures.percentiles_ms(figures.small_latencies_s),
        "refused_percent": 100 * figures.refused / len(pictures),
        "web_ms": 1000 * (server.cpu_s() - web_s) / served,
        "cassandra_ms": 1000 * (servers.cassandra_cpu_s() - cassandra_s) / served,
        "memory_mb": server.memory_mb(),
    }
    sys.stderr.write(f"{_row(_cells((kind, name), [row]))}\n")
    return row


def report(rounds, path):
    """Print a table of medians, and write all figures as JSON."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    at = datetime.datetime.now(datetime.UTC)
    lines = [f"{at:%Y-%m-%d}, {machine}, Python {platform.python_version()}", ""]
    lines += [_row(COLUMNS), _row(["---"] * len(COLUMNS))]
    lines += [_row(_cells(key, [each[key] for each in rounds])) for key in rounds[0]]
    sys.stdout.write("\n".join(lines) + "\n")
    if path:
        rows = [
            {
                "workload": kind,
                "server": name,
                "rounds": [each[kind, name] for each in rounds],
            }
            for kind, name in rounds[0]
        ]
        path.write_text(json.dumps({"at": at.isoformat(), "rows": rows}, indent=1))


def _cells(key, rows):
    def middle(name):
        return median(row[name] for row in rows)

    def percentiles(name):
        columns = zip(*(row[name] for row in rows), strict=True)
        return "/".join(f"{median(each):.0f}" for each in columns)

    return [
        *key,
        f"{middle('per_s'):.0f}",
        percentiles("ms"),
        percentiles("small_ms"),
        f"{middle('refused_percent'):.0f}",
        f"{middle('web_ms'):.1f}",
        f"{middle('cassandra_ms'):.1f}",
        f"{middle('memory_mb'):.0f}",
    ]


def _row(cells):
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()

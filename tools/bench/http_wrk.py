# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Loads an HTTP server with wrk and prints one line, as the other programs of a benchmark do.

usage: http_wrk.py SERVER... BENCH THREADS

SERVER... THREADS is started; it prints "port N" first and ends when its stdin is closed. BENCH:
http_hello (GET /hello) or http_json (GET /json/7). One thread of wrk, 64 connections, SECONDS.
"""

import re
import subprocess
import sys

PATHS = {"http_hello": "/hello", "http_json": "/json/7"}
CONNECTIONS = 64
WARM_UP_SECONDS = 1
SECONDS = 5


def load(port, path, seconds):
    """(requests, requests per second) of one run of wrk; raises ValueError where some failed."""
    run = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s",
                          f"http://127.0.0.1:{port}{path}"],
                         capture_output=True, text=True, check=True)
    return parse(run.stdout)


def parse(printed):
    """The same, of what wrk printed."""
    failed = re.search(r"Non-2xx.*|Socket errors.*", printed)
    if failed:
        raise ValueError(failed.group(0))
    requests = int(re.search(r"(\d+) requests in", printed).group(1))
    return requests, float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1))


def port_of(lines):
    """The N of "port N"; a machine that is too busy may get words of a logger first."""
    for line in lines:
        if line.startswith("port "):
            return int(line.split()[1])
    sys.exit("the server ended before it said its port")


def main():
    if len(sys.argv) < 4 or sys.argv[-2] not in PATHS:
        sys.exit(__doc__.strip())
    *command, bench, threads = sys.argv[1:]
    with subprocess.Popen([*command, threads], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as server:
        try:
            port = port_of(server.stdout)
            load(port, PATHS[bench], WARM_UP_SECONDS)
            requests, rate = load(port, PATHS[bench], SECONDS)
        finally:
            server.stdin.close()
            tail = server.stdout.read()
    rss = re.search(r"server_rss_mb=([\d.]+)", tail)
    print(f"bench={bench} ops={requests} seconds={SECONDS} ops_per_s={rate:.0f}"
          + (f" rss_mb={rss.group(1)}" if rss else ""))


if __name__ == "__main__":
    main()

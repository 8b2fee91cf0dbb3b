# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""The programs that can be measured: ours, the floor, and the peers that are installed."""

import os
import shutil
import sys

BENCHES = ["ping_pong", "fan_in", "thread_ring_1", "thread_ring_100", "fork_join_create",
           "fork_join_create_actor", "idle_memory", "big", "counting", "ask_seq", "ask_1000",
           "ask_seq_timeout", "ask_1000_timeout", "ask_blocking"]

STREAM_BENCHES = ["stream_map1", "stream_map10", "stream_filter_take", "stream_async",
                  "stream_mapasync", "stream_merge", "stream_flatmap", "stream_groupby",
                  "stream_start"]
# What has a floor: a chain of calls written by hand.
BARE_STREAM_BENCHES = ["stream_map1", "stream_map10", "stream_filter_take"]
# Event-sourced entities on a journal; the floor is SQLite alone.
PERSIST_BENCHES = ["persist_1", "persist_100", "persist_1000", "recover_1000"]
# Whole samples: three million real flights from a file into a journal.
SAMPLE_BENCHES = ["flightboard"]
# An HTTP server under wrk; the floor is Boost.Beast alone.
HTTP_BENCHES = ["http_hello", "http_json"]
ALL_BENCHES = BENCHES + STREAM_BENCHES + PERSIST_BENCHES + SAMPLE_BENCHES + HTTP_BENCHES

_COMMON = ["ping_pong", "fan_in", "thread_ring_1", "thread_ring_100", "fork_join_create",
           "idle_memory", "big", "counting"]
_ASKS = ["ask_seq", "ask_1000"]

# What a peer calls a bench, where it has its own name for it. Pekko's asks always have a timeout;
# Erlang's is that of gen_server:call.
_ALIASES = {
    ("erlang", "ask_seq_timeout"): "ask_gen_seq_timeout",
    ("pekko", "ask_seq_timeout"): "ask_seq",
    ("pekko", "ask_1000_timeout"): "ask_1000",
}

# Not an actor system: it stands in the table and is never "the best peer".
REFERENCE = "go"
# 80 s in one run, more than 180 s in another (shared/peers/run.py).
_NEVER = {("caf", "fork_join_create_actor", 2)}


def kind_of(bench):
    """Which of our binaries runs it."""
    if bench in PERSIST_BENCHES:
        return "persistence"
    if bench in SAMPLE_BENCHES:
        return "flightboard"
    if bench in HTTP_BENCHES:
        return "http"
    return "streams" if bench in STREAM_BENCHES else "actors"


class Program:
    """A benchmark program: name, benches, and how one is started.

    `streams`, `persistence`: the commands for those benches, where they are others.
    """

    def __init__(self, name, folder, command, benches, **others):
        self.name = name
        self.folder = folder
        self._command = command
        self._others = others
        self._benches = benches

    def runs(self, bench, threads):
        return bench in self._benches and (self.name, bench, threads) not in _NEVER

    def command(self, bench, threads):
        command = self._others.get(kind_of(bench), self._command)
        return [*command, _ALIASES.get((self.name, bench), bench), str(threads)]


def _under_wrk(*server):
    """The command that loads a server."""
    loader = os.path.join(os.path.dirname(os.path.abspath(__file__)), "http_wrk.py")
    return [sys.executable, "-B", loader, *server]


def _http_benches():
    return HTTP_BENCHES if shutil.which("wrk") else []


def skipped():
    """Why benches of our own are left out."""
    if shutil.which("wrk"):
        return []
    return [f"{', '.join(HTTP_BENCHES)}: skipped, wrk is not installed (apt-get install wrk)"]


def own(binaries):
    """Sampo and the floor, of the folder the build put them in."""
    bare_sqlite = os.path.join(binaries, "bare_sqlite")
    if not os.path.exists(bare_sqlite):
        bare_sqlite = os.path.join(binaries, "..", "..", "persistence", "sqlite", "bare_sqlite")
    bare_beast = os.path.join(binaries, "..", "..", "http", "internal", "bare_beast")
    without_http = [bench for bench in ALL_BENCHES if bench not in HTTP_BENCHES]
    load = os.path.join(binaries, "..", "..", "samples", "flightboard", "flightboard_load")
    return [
        Program("sampo", binaries, [os.path.join(binaries, "savina")],
                without_http + _http_benches(),
                streams=[os.path.join(binaries, "streams")],
                persistence=[os.path.join(binaries, "persistence")],
                flightboard=[load],
                http=_under_wrk(os.path.join(binaries, "http_server"))),
        Program("bare", binaries, [os.path.join(binaries, "bare_actors")],
                [bench for bench in BENCHES if bench != "ask_blocking"] + BARE_STREAM_BENCHES +
                PERSIST_BENCHES + _http_benches(),
                streams=[os.path.join(binaries, "bare_streams")], persistence=[bare_sqlite],
                http=_under_wrk(bare_beast)),
    ]


def _peer(folder, name, benches, script="bench", files=(), tools=(), **others):
    """A Program, or the words that say why there is none."""
    home = os.path.join(folder, name)
    missing = [file for file in (script, *files) if not os.path.exists(os.path.join(home, file))]
    missing += [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        return (f"peer {name}: skipped, {', '.join(missing)} missing "
                f"(run setup.sh in a copy of {folder})")
    return Program(name, home, [os.path.join(home, script)], benches, **others)


def peers(folder):
    """([Program], [why a peer is missing])."""
    if not folder:
        return [], ["peers: skipped, no --peers DIR was given"]
    folder = os.path.abspath(folder)
    if not os.path.isdir(folder):
        return [], [f"peers: skipped, {folder} is not a folder"]
    found = [
        _peer(folder, "caf", [*_COMMON, *_ASKS, "fork_join_create_actor", "ask_seq_timeout",
                              "ask_1000_timeout", "ask_blocking"]),
        _peer(folder, "erlang", [*_COMMON, *_ASKS, "ask_seq_timeout"], "run.sh",
              files=["bench.beam"], tools=["erl"]),
        _peer(folder, "pekko",
              [*_COMMON, "ask_seq_timeout", "ask_1000_timeout", *STREAM_BENCHES,
               *PERSIST_BENCHES, *_http_benches()], "run.sh",
              files=["classes/Bench.class"], tools=["java"],
              http=_under_wrk(os.path.join(folder, "pekko", "run.sh"), "http")),
        _peer(folder, REFERENCE, [*_COMMON, *_ASKS]),
    ]
    return ([peer for peer in found if isinstance(peer, Program)],
            [words for words in found if isinstance(words, str)])

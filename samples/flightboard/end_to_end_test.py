# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""The program flightboard from the outside: what it prints, how it exits, what it serves.

    end_to_end_test.py FLIGHTBOARD FLIGHTS EXPECTED_OUTPUT README README

Results are compared with a plain fold in this file, which shares nothing with the program. The
transcripts of both READMEs (blocks marked console) are replayed with curl; without curl that is
skipped.
"""

import collections
import fcntl
import gzip
import json
import math
import os
import pty
import re
import resource
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
import urllib.error
import urllib.request

FLIGHTBOARD, FLIGHTS, EXPECTED, *READMES = (os.path.abspath(path) for path in sys.argv[1:6])
DEADLINE_SECONDS = 120  # of one program; it is for a machine that does a lot besides
SHUTDOWN_SECONDS = 5    # from the issue


def record(**changes):
    return {"date": "2001/01/01 00:47", "delay": 5, "distance": 9, "origin": "LAS",
            "destination": "SFO", **changes}


def fold(flights):
    """The airports as --json has them, but for names."""
    departures = collections.Counter(flight["origin"] for flight in flights)
    delays = collections.defaultdict(list)
    for flight in flights:
        delays[flight["destination"]].append(flight["delay"])
    airports = {}
    for iata in sorted(set(departures) | set(delays)):
        late = sorted(delays[iata])
        airports[iata] = {
            "departures": departures[iata],
            "arrivals": len(late),
            "mean_delay_minutes": sum(late) / len(late) if late else None,
            "p95_delay_minutes": late[math.ceil(0.95 * len(late)) - 1] if late else None,
            "on_time_share": sum(d < 15 for d in late) / len(late) if late else None,
        }
    return airports


class ProgramTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run_board(self, *arguments, code=0, **more):
        """Runs it in its own folder; checks the exit code."""
        done = subprocess.run([FLIGHTBOARD, *arguments], capture_output=True, text=True,
                              check=False, cwd=self.folder, timeout=DEADLINE_SECONDS, **more)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def board_json(self, *arguments, **more):
        """What --json printed: one object, on one line, and nothing else."""
        out = self.run_board("--json", *arguments, **more).stdout
        self.assertEqual(out.count("\n"), 1, out[:200])
        return json.loads(out)

    def start(self, *arguments, **more):
        process = subprocess.Popen([FLIGHTBOARD, *arguments], cwd=self.folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def serve(self, *arguments):
        """Starts it with --serve; (process, url, lines before the url)."""
        process = self.start("--serve", "--port", "0", *arguments)
        before = []
        for line in process.stderr:
            if re.fullmatch(r"http://127\.0\.0\.1:\d+\n", line):
                return process, line.strip(), "".join(before)
            before.append(line)
        self.fail("it never served: " + "".join(before))

    def end(self, process, with_signal):
        """Its exit code after `with_signal`, and what it said last."""
        process.send_signal(with_signal)
        since = time.monotonic()
        _, log = process.communicate(timeout=DEADLINE_SECONDS)
        self.assertLess(time.monotonic() - since, SHUTDOWN_SECONDS, log)
        return process.returncode, log


class BatchTest(ProgramTest):

    def test_json_equals_a_plain_fold_and_a_second_run_adds_nothing(self):
        with open(FLIGHTS, encoding="utf-8") as file:
            flights = json.load(file)
        first = self.board_json("--threads", "2")
        self.assertEqual([first[key] for key in ("flights", "new", "already_known", "rejected")],
                         [20000, 20000, 0, 0])
        expected = fold(flights)
        self.assertEqual([airport["iata"] for airport in first["airports"]], list(expected))
        for airport in first["airports"]:
            fields = ["iata", "name", "city", *expected["LAS"]]
            self.assertEqual(list(airport), fields)
            self.assertEqual({key: airport[key] for key in expected["LAS"]},
                             expected[airport["iata"]])
        names = {airport["iata"]: (airport["name"], airport["city"])
                 for airport in first["airports"]}
        self.assertEqual(names["LAS"], ("McCarran International", "Las Vegas"))
        self.assertEqual(names["DEN"][1], "Denver")

        second = self.board_json("--threads", "1")
        self.assertEqual((second["new"], second["already_known"]), (0, 20000))
        self.assertEqual(second["airports"], first["airports"])
        self.assertTrue(os.path.exists(os.path.join(self.folder, "flightboard-data/journal.db")))

    def test_prints_the_tables_of_the_data_that_comes_with_it(self):
        done = self.run_board()
        with open(EXPECTED, encoding="utf-8") as file:
            self.assertEqual(done.stdout, file.read())
        self.assertIn("flightboard: 20,000 records read: 20,000 new, 0 already known, 0 rejected",
                      done.stderr)
        self.assertNotIn("\r", done.stderr)

    def test_wrong_arguments_are_2_and_say_what_is_allowed(self):
        for arguments, words in [(["--threads", "0"], "expected a number from 1 to 256"),
                                 (["--input", "-"], "needs --source NAME"),
                                 (["--port", "x"], "expected a number from 0 to 65535"),
                                 (["--source", "a\tb"], "see --source"),
                                 (["--source", b"a\xff"], "is not UTF-8"),
                                 (["--airports", "a"], "unknown argument --airports")]:
            done = self.run_board(*arguments, code=2)
            self.assertEqual(done.stdout, "")
            self.assertIn(words, done.stderr)
        self.assertIn("--management-token-file", self.run_board("--help").stdout)

    def test_bad_records_are_named_counted_and_left_out(self):
        bad = [record(delay="5"), record(origin="xx"), 7, record(date="2001/02/29 00:00")]
        path = self.file("mixed.json", json.dumps([record(), *bad, record(delay=7)]))
        done = self.run_board("--json", "--input", path)
        board = json.loads(done.stdout)
        self.assertEqual([board[key] for key in ("flights", "new", "rejected")], [2, 2, 4])
        for number, field in [(2, "delay"), (3, "origin"), (4, "record"), (5, "date")]:
            self.assertIn(f"{path}: record {number}: {field}: ", done.stderr)
        self.assertEqual([a["mean_delay_minutes"] for a in board["airports"]], [None, 6.0])

    def test_each_bad_record_is_reported(self):
        path = self.file("many.json", json.dumps([7] * 100))
        done = self.run_board("--input", path)
        for number in range(1, 101):
            self.assertIn(f"many.json: record {number}: record: ", done.stderr)
        self.assertIn("100 rejected", done.stderr)

    def test_strict_ends_at_the_first_bad_record(self):
        path = self.file("strict.json", json.dumps([record(), record(delay=9.5), record()]))
        done = self.run_board("--strict", "--json", "--input", path, code=2)
        self.assertIn("record 2: delay: ", done.stderr)
        self.assertEqual(json.loads(done.stdout)["flights"], 1)

    def test_a_cut_file_is_1_and_everything_before_the_cut_is_there(self):
        whole = json.dumps([record(), record(), record()])
        path = self.file("cut.json", whole[:-20])
        board = self.board_json("--input", path, code=1)
        self.assertEqual((board["flights"], board["new"]), (2, 2))
        # The whole file under the same name adds what was missing.
        self.file("cut.json", whole)
        board = self.board_json("--input", path)
        self.assertEqual((board["flights"], board["new"], board["already_known"]), (3, 1, 2))

    def test_text_behind_the_array_is_1(self):
        one = json.dumps([record()])
        done = self.run_board("--json", "--input", self.file("two.json", one + "\n" + one), code=1)
        self.assertIn("there is text after the end of the array", done.stderr)
        self.assertEqual(json.loads(done.stdout)["flights"], 1)

    def test_without_standard_input_there_is_nothing_to_read(self):
        board = self.board_json("--input", "-", "--source", "s", preexec_fn=lambda: os.close(0))
        self.assertEqual((board["flights"], board["rejected"]), (0, 0))

    def test_a_changed_record_is_2_and_names_source_number_and_remedy(self):
        path = self.file("jan.json", json.dumps([record(), record()]))
        self.run_board("--input", path)
        self.file("jan.json", json.dumps([record(), record(delay=6)]))
        done = self.run_board("--json", "--input", path, code=2)
        self.assertRegex(done.stderr, r"jan\.json.*record 2 .*another source name")
        self.assertEqual(json.loads(done.stdout)["flights"], 2)
        # The remedy helps.
        self.assertEqual(self.board_json("--input", path, "--source", "jan-2")["flights"], 4)

    def test_input_and_journal_that_cannot_be_used_are_1_with_json(self):
        done = self.run_board("--json", "--input", "/no/such.json", code=1)
        self.assertIn("/no/such.json", done.stderr)
        self.assertEqual(json.loads(done.stdout)["flights"], 0)
        journal = self.file("no_journal", "this is no journal, and it is longer than a header " * 9)
        done = self.run_board("--json", "--journal", journal, code=1)
        self.assertIn("no_journal", done.stderr)
        self.assertEqual(json.loads(done.stdout),
                         {"flights": 0, "new": 0, "already_known": 0, "rejected": 0,
                          "airports": []})
        # An I/O error leaves what was there: it is printed.
        self.run_board("--input", self.file("a.json", json.dumps([record()])))
        self.assertEqual(self.board_json("--input", "/no/such.json", code=1)["flights"], 1)

    def test_a_journal_that_takes_no_more_is_1_with_what_is_in_it(self):
        def no_large_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write fails instead
            resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

        done = self.run_board("--json", code=1, preexec_fn=no_large_files, restore_signals=False)
        board = json.loads(done.stdout)
        self.assertGreater(board["flights"], 0, done.stderr[-2000:])
        self.assertGreaterEqual(board["flights"], board["new"])
        self.assertEqual(board["flights"], sum(a["departures"] for a in board["airports"]))
        # The next run makes up for it.
        again = self.board_json()
        self.assertEqual((again["flights"], again["new"] + again["already_known"]), (20000, 20000))
        self.assertGreaterEqual(again["new"], 20000 - board["flights"])

    def test_reads_json_lines_from_standard_input(self):
        lines = "".join(json.dumps(record(delay=d)) + "\n" for d in (1, 2, 4))
        board = self.board_json("--input", "-", "--source", "pipe", input=lines)
        self.assertEqual((board["flights"], board["new"]), (3, 3))

    def test_draws_a_bar_on_a_terminal(self):
        here, terminal = pty.openpty()
        self.addCleanup(os.close, here)
        process = subprocess.Popen([FLIGHTBOARD, "--input", "-", "--source", "s"], cwd=self.folder,
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=terminal)
        self.addCleanup(process.wait)
        os.close(terminal)
        chunk = "".join(json.dumps(record()) + "\n" for _ in range(1000)).encode()
        seen = b""
        for _ in range(1000):
            process.stdin.write(chunk)
            process.stdin.flush()
            while select.select([here], [], [], 0)[0]:
                seen += os.read(here, 4096)
            if b" records  " in seen:
                break
        process.stdin.close()
        self.assertRegex(seen, rb"flightboard: [\d,]+ records  [\d,]+/s")


class SignalTest(ProgramTest):

    def test_ctrl_c_ends_a_server_with_130(self):
        process, url, _ = self.serve("--management-port", "0")
        connection = urllib.request.urlopen(url + "/airports", timeout=DEADLINE_SECONDS)
        self.addCleanup(connection.close)  # open while the program ends
        self.assertEqual(self.end(process, signal.SIGINT)[0], 130)

    def test_sigterm_ends_a_server_with_143(self):
        process, _, _ = self.serve("--management-port", "off")
        self.assertEqual(self.end(process, signal.SIGTERM)[0], 143)
        # It has gone in order: the journal is one file, and another run finds all of it.
        self.assertEqual(os.listdir(os.path.join(self.folder, "flightboard-data")), ["journal.db"])
        self.assertEqual(self.board_json()["already_known"], 20000)

    def wait_for(self, process, words):
        for line in process.stderr:
            if words in line:
                return
        self.fail(f"it never said {words}")

    def expect_end(self, process, with_signal):
        """It ends in time, and without a result."""
        process.send_signal(with_signal)
        since = time.monotonic()
        process.wait(timeout=DEADLINE_SECONDS)
        self.assertLess(time.monotonic() - since, SHUTDOWN_SECONDS)
        self.assertEqual(process.returncode, 128 + with_signal)
        self.assertEqual(process.stdout.read(), "")

    def test_ctrl_c_ends_the_reading_of_an_input_that_stands_still(self):
        process = self.start("--input", "-", "--source", "s", "--json", stdin=subprocess.PIPE)
        process.stdin.write(json.dumps(record()) + "\n")
        process.stdin.flush()
        self.wait_for(process, "reading standard input")
        self.expect_end(process, signal.SIGINT)
        process.stdin.close()

    def test_a_signal_ends_the_wait_for_a_named_pipe(self):
        path = os.path.join(self.folder, "pipe")
        os.mkfifo(path)
        for with_signal, has_writer in [(signal.SIGTERM, False), (signal.SIGINT, True)]:
            process = self.start("--input", path, "--json")
            self.wait_for(process, "reading " + path)
            if has_writer:  # who says nothing
                self.addCleanup(os.close, os.open(path, os.O_RDWR))
            self.expect_end(process, with_signal)

    def test_reads_a_named_pipe_whose_writer_comes_late_and_writes_in_pieces(self):
        path = os.path.join(self.folder, "pipe")
        os.mkfifo(path)
        process = self.start("--input", path, "--json")
        self.wait_for(process, "reading " + path)
        text = "".join(json.dumps(record(delay=d)) + "\n" for d in range(100)).encode()
        with open(path, "wb", buffering=0) as pipe:
            for at in range(0, len(text), 777):
                pipe.write(text[at:at + 777])
        out, log = process.communicate(timeout=DEADLINE_SECONDS)
        self.assertEqual(process.returncode, 0, log)
        self.assertEqual(json.loads(out)["new"], 100)

    def test_a_signal_ends_a_program_that_hangs(self):
        process = self.start("--json")
        set_pipe_size, page = 1031, 4096  # F_SETPIPE_SZ of Linux
        fcntl.fcntl(process.stdout, set_pipe_size, page)
        waiting = 0
        while waiting < page:  # then nobody reads on, and it can't write the rest
            self.assertIsNone(process.poll())
            time.sleep(0.01)
            waiting = struct.unpack("i", fcntl.ioctl(process.stdout, termios.FIONREAD, b"1234"))[0]
        process.send_signal(signal.SIGTERM)
        since = time.monotonic()
        process.wait(timeout=DEADLINE_SECONDS)
        self.assertLess(time.monotonic() - since, SHUTDOWN_SECONDS)
        self.assertEqual(process.returncode, 143)
        self.assertIn("the shutdown takes too long", process.stderr.read())
        # What it had acknowledged is there.
        self.assertEqual(self.board_json()["already_known"], 20000)


class ServeTest(ProgramTest):

    def get(self, url, **headers):
        request = urllib.request.Request(url, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE_SECONDS) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def test_serves_the_objects_that_json_prints_and_takes_more(self):
        process, url, _ = self.serve("--json", "--management-port", "off")
        status, body = self.get(url + "/airports")
        self.assertEqual(status, 200)
        printed = json.loads(process.stdout.readline())
        self.assertEqual(json.loads(body)["airports"], printed["airports"])
        self.assertEqual(json.loads(self.get(url + "/airports/LAS")[1]),
                         next(a for a in printed["airports"] if a["iata"] == "LAS"))
        posted = urllib.request.Request(
            url + "/flights", headers={"Content-Type": "application/json"},
            data=json.dumps({"source": "later", "flights": [
                {"position": 2, **record()}, {"position": 1, **record(delay=-3)}]}).encode())
        with urllib.request.urlopen(posted, timeout=DEADLINE_SECONDS) as answer:
            self.assertEqual(json.load(answer)["new"], 2)
        self.assertEqual(self.end(process, signal.SIGTERM)[0], 143)
        # What was acknowledged is there in the next run.
        board = self.board_json()
        self.assertEqual((board["flights"], board["already_known"]), (20002, 20000))

    def test_pages_through_all_flights_of_an_airport(self):
        _, url, _ = self.serve("--management-port", "off")
        with open(FLIGHTS, encoding="utf-8") as file:
            flights = json.load(file)
        expected = sorted([(i, "departure") for i, f in enumerate(flights, 1)
                           if f["origin"] == "LAS"] +
                          [(i, "arrival") for i, f in enumerate(flights, 1)
                           if f["destination"] == "LAS"])
        seen, after = [], 0
        while after is not None:
            page = json.loads(self.get(f"{url}/airports/LAS/flights?limit=97&after={after}")[1])
            seen += [(f["position"], f["direction"]) for f in page["flights"]]
            after = page["next"]
        self.assertEqual(sorted(seen), expected)

    def test_a_port_that_is_taken_is_1_before_anything_is_read(self):
        _, url, _ = self.serve("--management-port", "off")
        port = url.rsplit(":", 1)[1]
        done = self.run_board("--serve", "--port", port, "--journal", "other.db",
                              "--management-port", "off", code=1)
        self.assertIn("--port", done.stderr)
        self.assertNotIn("records read", done.stderr)
        # The same of management; and what is in the journal is printed.
        self.run_board("--journal", "other.db", "--management-port", "off")
        for arguments in (["--management-port", port], ["--management-token-file", "/no/such"]):
            done = self.run_board("--json", "--journal", "other.db", *arguments, code=1)
            self.assertIn("--management-port", done.stderr)
            self.assertEqual(json.loads(done.stdout)["flights"], 20000)

    def test_management_serves_while_the_input_is_read(self):
        process = self.start("--input", "-", "--source", "s", "--management-port", "0",
                             stdin=subprocess.PIPE)
        self.addCleanup(process.stdin.close)
        line = next(line for line in process.stderr if "management listens on" in line)
        url = "http://" + line.split()[-1]
        status, body = self.get(url + "/health/ready")
        self.assertEqual(status, 503, body)
        self.assertIn("ingest", json.loads(body)["failing"])
        self.assertEqual(self.get(url + "/health/live")[0], 200)

    def test_a_default_port_of_management_that_is_taken_is_said_and_does_no_harm(self):
        with socket.socket() as taken:
            try:
                taken.bind(("127.0.0.1", 8558))
                taken.listen()
            except OSError:
                pass  # by somebody else, who may be gone in a moment
            path = self.file("one.json", json.dumps([record()]))
            log = self.run_board("--input", path).stderr
            self.assertRegex(log, r"127\.0\.0\.1 port 8558: .*; going on without management"
                             r"|management listens on 127\.0\.0\.1:8558")
            # Where somebody asked for it, it is an error.
            with socket.socket() as other:
                other.bind(("127.0.0.1", 0))
                other.listen()
                port = str(other.getsockname()[1])
                done = self.run_board("--input", path, "--management-port", port, code=1)
                self.assertIn("--management-port", done.stderr)

    def test_management_knows_that_the_board_is_ready(self):
        token = self.file("token", "secret\n")
        _, _, log = self.serve("--management-port", "0", "--management-token-file", token)
        found = re.search(r"management listens on 127\.0\.0\.1:(\d+)", log)
        self.assertIsNotNone(found, log)
        url = f"http://127.0.0.1:{found.group(1)}"
        status, body = self.get(url + "/health/ready")
        self.assertEqual(status, 200, body)
        self.assertEqual(self.get(url + "/metrics")[0], 401)
        status, body = self.get(url + "/metrics", Authorization="Bearer secret")
        self.assertEqual(status, 200)
        for name in ("sampo_actor_messages_total", "sampo_actor_mailbox_depth_count",
                     "sampo_actor_restarted_total", "sampo_system_dead_letters_total",
                     "sampo_persistence_events_total",
                     "sampo_persistence_sqlite_commit_seconds_count",
                     "sampo_http_server_connections_total"):
            self.assertRegex(body, rf"\n{name}[ {{]")
        change = urllib.request.Request(url + "/loggers?logger=flightboard&level=debug",
                                        method="PUT", headers={"Authorization": "Bearer secret"})
        with urllib.request.urlopen(change, timeout=DEADLINE_SECONDS) as answer:
            self.assertEqual(answer.status, 200)

    def curl(self, *arguments):
        if shutil.which("curl") is None:
            self.skipTest("SKIPPED: curl is not installed (tools/setup installs it)")
        done = subprocess.run(["curl", "-s", *arguments], capture_output=True, check=True,
                              timeout=DEADLINE_SECONDS)
        return done.stdout

    def test_answers_are_gzip_and_not_sent_again(self):
        _, url, _ = self.serve("--management-port", "off")
        for path in ("/", "/airports", "/places"):
            plain = self.curl(url + path)
            packed = self.curl("-H", "Accept-Encoding: gzip", url + path)
            self.assertEqual(gzip.decompress(packed), plain)
            self.assertLess(2 * len(packed), len(plain))
            for coding in ("identity", "gzip"):
                head = self.curl("-I", "-H", f"Accept-Encoding: {coding}", url + path).decode()
                etag = re.search(r'(?im)^etag: (.+?)\r$', head).group(1)
                again = self.curl("-w", "%{http_code}", "-H", f"Accept-Encoding: {coding}", "-H",
                                  f"If-None-Match: {etag}", url + path)
                self.assertEqual(again, b"304", head)
        body = gzip.compress(json.dumps(
            {"source": "zip", "flights": [{"position": 1, **record()}]}).encode())
        path = os.path.join(self.folder, "body.gz")
        with open(path, "wb") as file:
            file.write(body)
        answer = self.curl("-H", "Content-Type: application/json", "-H", "Content-Encoding: gzip",
                           "--data-binary", "@" + path, url + "/flights")
        self.assertEqual(json.loads(answer)["new"], 1)
        # What the client has is old now.
        self.assertEqual(self.curl("-o", os.devnull, "-w", "%{http_code}", "-H",
                                   f"If-None-Match: {etag}", url + "/airports"), b"200")

    def test_replays_the_transcripts_of_the_readmes(self):
        self.curl("--version")
        for readme in READMES:
            with open(readme, encoding="utf-8") as file:
                blocks = re.findall(r"^```console\n(.*?)^```$", file.read(), re.M | re.S)
            self.assertGreater(len(blocks), 0)
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                process, url, log = self.serve("--management-port", "0", "--journal",
                                               os.path.join(folder, "journal.db"))
                port = re.search(r"management listens on 127\.0\.0\.1:(\d+)", log).group(1)
                places = [("http://127.0.0.1:8080", url),
                          ("http://127.0.0.1:8558", f"http://127.0.0.1:{port}")]
                for block in blocks:
                    for step in re.split(r"^\$ ", block, flags=re.M)[1:]:
                        self.replay(step, places)
                process.kill()
                process.wait()

    def replay(self, step, places):
        command, expected = step.split("\n", 1)
        for said, real in places:
            command = command.replace(said, real)
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False,
                              timeout=DEADLINE_SECONDS)
        self.assertEqual(done.stdout.rstrip("\n"), expected.rstrip("\n"), command)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[6:], verbosity=2)

# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""tools/benchmark: what it reads, what it computes, what it prints."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import http_wrk
import measure
import programs
import table


def _sample(program, rate, noise=0.0, rejected=False, **more):
    return {"bench": "ping_pong", "threads": 1, "program": program, "ops_per_s": float(rate),
            "noise": noise, "rejected": rejected, **more}


class MeasureTest(unittest.TestCase):
    def test_reads_the_line_of_a_program(self):
        found = measure.parse_line("bench=big peer=bare/t2 ops=8000000 ops_per_s=2.5 rss_mb=7.1\n")
        self.assertEqual(found, {"bench": "big", "peer": "bare/t2", "ops": 8e6, "ops_per_s": 2.5,
                                 "rss_mb": 7.1})

    def test_busy_is_all_but_idle_and_waiting(self):
        ticks = os.sysconf("SC_CLK_TCK")
        line = f"cpu {ticks} 0 {ticks} {9 * ticks} {5 * ticks} 0 0 {ticks} 0 0"
        self.assertEqual(measure.busy_seconds(line), 3)

    def test_noise_is_what_others_used(self):
        self.assertAlmostEqual(measure.noise_of(3.0, 2.0, 2.0), 0.5)
        self.assertEqual(measure.noise_of(1.0, 2.0, 2.0), 0)

    def test_a_program_that_prints_nothing_is_an_error(self):
        found = measure.sample(["/bin/sh", "-c", "echo no such bench >&2"], "/", 10)
        self.assertEqual(found["error"], "no such bench")

    def test_a_program_that_is_not_there_is_an_error(self):
        self.assertIn("error", measure.sample(["/no/such/program"], "/", 10))


class HttpTest(unittest.TestCase):
    def test_reads_what_wrk_prints(self):
        printed = "  125000 requests in 5.00s, 19 MB read\nRequests/sec:  25000.10\n"
        self.assertEqual(http_wrk.parse(printed), (125000, 25000.1))

    def test_failed_requests_are_an_error(self):
        with self.assertRaises(ValueError):
            http_wrk.parse("Non-2xx or 3xx responses: 7\n1 requests in 5s\nRequests/sec: 1.0\n")


class TableTest(unittest.TestCase):
    def test_medians_and_ratios(self):
        rows = table.summarise([_sample("sampo", 10), _sample("sampo", 30), _sample("sampo", 20),
                                _sample("bare", 40), _sample("caf", 4), _sample("erlang", 5),
                                _sample("go", 100)])
        row = rows[("ping_pong", 1)]
        self.assertEqual(row["sampo"]["ops_per_s"], 20)
        self.assertEqual(table.ratios(row),
                         {"time_to_floor": 2, "speed_to_best": 4, "best": "erlang"})

    def test_noisy_samples_count_only_where_there_are_no_others(self):
        rows = table.summarise([_sample("sampo", 1, 0.9, rejected=True), _sample("sampo", 20),
                                _sample("bare", 5, 0.9, rejected=True)])
        row = rows[("ping_pong", 1)]
        self.assertEqual(row["sampo"]["ops_per_s"], 20)
        self.assertEqual(row["bare"]["ops_per_s"], 5)

    def test_errors_are_left_out(self):
        self.assertEqual(table.summarise([{"error": "x", **_sample("sampo", 1)}]), {})

    def test_one_row_of_markdown(self):
        rows = table.summarise([_sample("sampo", 20e6, 0.1, rss_mb=5.0), _sample("bare", 40e6)])
        self.assertEqual(
            table.markdown(rows, ["caf"]).split("\n")[2],
            "| ping_pong | 1 | 20.0M | 20.0M-20.0M | 40.0M | 2.00 | – | – | 5 | 0.10 |")

    def test_bytes_per_actor_stand_with_the_rate(self):
        rows = table.summarise([_sample("sampo", 1500, bytes_per_actor=218.0)])
        self.assertIn("| 1.50k (218 B) |", table.markdown(rows, []))


class ProgramsTest(unittest.TestCase):
    def test_no_folder_is_said_plainly(self):
        self.assertEqual(programs.peers(None)[0], [])
        self.assertIn("skipped", programs.peers("/no/such/folder")[1][0])

    def test_absent_peers_are_named_and_skipped(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "caf"))
            with open(os.path.join(folder, "caf", "bench"), "w", encoding="ascii"):
                pass
            found, missing = programs.peers(folder)
        self.assertEqual([peer.name for peer in found], ["caf"])
        self.assertEqual(len(missing), 3)
        self.assertTrue(all("skipped" in words for words in missing))

    def test_commands(self):
        sampo = programs.own("/b")[0]
        self.assertEqual(sampo.command("big", 2), ["/b/savina", "big", "2"])
        self.assertTrue(sampo.runs("ask_blocking", 2))
        self.assertFalse(programs.own("/b")[1].runs("ask_blocking", 2))


if __name__ == "__main__":
    unittest.main()

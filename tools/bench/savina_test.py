# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Every program of savina and of the floor runs to its end and prints its line.

usage: savina_test.py SAVINA BARE_ACTORS STREAMS BARE_STREAMS PERSISTENCE BARE_SQLITE
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import measure
import programs

SCALE = "0.001"
BINARIES = {}


class SavinaTest(unittest.TestCase):
    def check_all(self, program):
        for bench in programs.ALL_BENCHES:
            if bench in programs.SAMPLE_BENCHES + programs.HTTP_BENCHES:
                continue  # of a floor above: see its own package; or under wrk
            for threads in (1, 2):
                if not program.runs(bench, threads):
                    continue
                with self.subTest(bench=bench, threads=threads):
                    command = [BINARIES[program.name, programs.kind_of(bench)], bench,
                               str(threads), SCALE]
                    found = measure.sample(command, os.getcwd(), timeout_seconds=60)
                    self.assertNotIn("error", found)
                    self.assertEqual(found["bench"], bench)
                    self.assertEqual(found["peer"], f"{program.name}/t{threads}")
                    self.assertGreater(found["ops_per_s"], 0)
                    self.assertEqual("bytes_per_actor" in found, bench == "idle_memory")

    def test_sampo(self):
        self.check_all(programs.own("")[0])

    def test_floor(self):
        self.check_all(programs.own("")[1])

    def test_unknown_programs_are_refused(self):
        for binary in BINARIES.values():
            found = measure.sample([binary, "no_such_bench", "1"], os.getcwd(), 60)
            self.assertIn("error", found)


if __name__ == "__main__":
    BINARIES = dict(zip([("sampo", "actors"), ("bare", "actors"),
                         ("sampo", "streams"), ("bare", "streams"),
                         ("sampo", "persistence"), ("bare", "persistence")],
                        (os.path.abspath(path) for path in sys.argv[1:7])))
    unittest.main(argv=sys.argv[:1])

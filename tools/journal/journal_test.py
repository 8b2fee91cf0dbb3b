# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""The binary `journal` from the outside: exit codes, output, a byte flipped by hand.

    journal_test.py JOURNAL MAKE_TEST_JOURNAL
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

JOURNAL = os.path.abspath(sys.argv[1])
MAKE = os.path.abspath(sys.argv[2])


class JournalTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.file = os.path.join(self.folder, "shop.db")
        subprocess.run([MAKE, self.file], check=True)

    def run_journal(self, *arguments, **more):
        return subprocess.run([JOURNAL, *arguments], capture_output=True, text=True, check=False,
                              **more)

    def flip_byte_of(self, text):
        with open(self.file, "r+b") as file:
            data = file.read()
            at = data.index(text)
            file.seek(at)
            file.write(bytes([data[at] ^ 1]))

    def test_verify_finds_a_byte_flipped_by_hand(self):
        done = self.run_journal("verify", self.file)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("70 events, 1 snapshots, 0 states, 50 tags: whole", done.stdout)
        self.flip_byte_of(b"Cart|7-event-41;")
        done = self.run_journal("verify", self.file)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"journal sqlite: \S+: Cart\|7: event 41: crc [0-9a-f]{8} != "
                                      r"[0-9a-f]{8}: DATA_LOSS\n")
        self.assertIn("findings: 1, ids damaged: 1", done.stdout)

    def test_salvage_saves_the_rest_and_says_what_is_lost(self):
        self.flip_byte_of(b"Order|1-event-15;")
        to = os.path.join(self.folder, "new.db")
        done = self.run_journal("salvage", self.file, to, "--json")
        self.assertEqual(done.returncode, 1)
        report = json.loads(done.stdout)
        self.assertEqual(report["events_lost"], 6)
        self.assertEqual(report["ids_whole"], 1)
        self.assertEqual(report["findings"][0]["persistence_id"], "Order|1")
        self.assertEqual((report["findings"][0]["from"], report["findings"][0]["to"]), (15, 20))
        self.assertEqual(self.run_journal("verify", to).returncode, 0)
        self.assertEqual(sorted(os.listdir(self.folder)), ["new.db", "shop.db"])

    def test_salvage_counts_an_id_that_lost_everything_once(self):
        self.flip_byte_of(b"Order|1-event-1;")
        done = self.run_journal("salvage", self.file, os.path.join(self.folder, "new.db"))
        self.assertEqual(done.returncode, 1)
        lines = done.stdout.replace(self.folder + "/", "").splitlines()
        self.assertRegex(lines[0], r"^journal sqlite: shop.db: Order\|1: events 1 to 20: event 1: "
                                   r"crc [0-9a-f]{8} != [0-9a-f]{8}: LOST$")
        self.assertEqual(lines[1:], [
            "journal: shop.db: salvaged to new.db: 1 ids (1 whole, 0 unproven), 50 events, 1 "
            "snapshots, 0 states; lost: 20 events, 0 snapshots, 0 states, 1 ids"])

    def test_names_of_files_are_relative_to_where_bazel_run_was_typed(self):
        environment = dict(os.environ, BUILD_WORKING_DIRECTORY=self.folder)
        done = self.run_journal("list", "shop.db", env=environment)
        self.assertEqual(done.stdout, "Cart|7  events 1 to 50, epoch 1\n"
                                      "Order|1  events 1 to 20, epoch 1\n")

    def test_a_file_that_cannot_be_written_is_read(self):
        os.chmod(self.file, 0o444)
        os.chmod(self.folder, 0o555)
        self.addCleanup(os.chmod, self.folder, 0o755)
        done = self.run_journal("export", self.file, "Order|1")
        self.assertEqual(done.returncode, 0, done.stderr)
        records = [json.loads(line)["record"] for line in done.stdout.splitlines()]
        self.assertEqual(records, ["id"] + 20 * ["event"])

    def test_usage_errors_exit_with_2_and_others_with_1(self):
        for arguments in ([], ["frob"], ["verify"], ["verify", self.file, "more"],
                          ["show", self.file, "Cart|7", "--from", "x"]):
            done = self.run_journal(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn("journal: ", done.stderr)
        self.assertEqual(self.run_journal("verify", self.file + "x").returncode, 1)
        done = self.run_journal("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("Exit codes", done.stdout)

    def test_a_full_stdout_is_an_error(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([JOURNAL, "export", self.file], stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not be written", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

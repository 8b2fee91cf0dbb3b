# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""tools/run around a program: whose words go where, and the exit codes.

Bazel and tools/setup are stand-ins here; both talk on stdout, which is the program's alone.
"""

import os
import shutil
import subprocess
import tempfile
import unittest

_BAZEL = """#!/bin/bash
if [[ "$1" == info ]]; then
  echo "$OUT"
else
  echo "bazel talks: $*"
  exit "${BUILD_CODE:-0}"
fi
"""
_PROGRAM = """#!/bin/bash
printf '[%s]' "$@"
pwd >&2
exit "${PROGRAM_CODE:-0}"
"""


def repository():
    """In a test, WORKSPACE is a link out of the runfiles."""
    if os.path.exists("WORKSPACE"):
        return os.path.dirname(os.path.realpath("WORKSPACE"))
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


class ToolsRunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.realpath(folder.name)
        for path in ("tools/run", "tools/lib/common.sh"):
            os.makedirs(os.path.join(self.root, os.path.dirname(path)), exist_ok=True)
            shutil.copy(os.path.join(repository(), path), os.path.join(self.root, path))
        self.put("tools/setup", '#!/bin/bash\necho "setup talks"\nexit "${SETUP_CODE:-0}"\n')
        self.put("out/samples/flightboard/flightboard", _PROGRAM)
        self.put("path/bazel", _BAZEL)

    def put(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(full, 0o755)

    def run_it(self, *arguments, **environment):
        out = os.path.join(self.root, "out")
        path = os.path.join(self.root, "path") + os.pathsep + os.environ["PATH"]
        return subprocess.run([os.path.join(self.root, "tools/run"), *arguments], check=False,
                              capture_output=True, text=True, cwd=out,
                              env={**os.environ, "HOME": self.root, "PATH": path, "OUT": out,
                                   **environment})

    def test_everything_behind_it_is_the_programs_and_stdout_too(self):
        done = self.run_it("--input", "a b", "--help", "")
        self.assertEqual(done.stdout, "[--input][a b][--help][]")
        self.assertIn("setup talks", done.stderr)
        self.assertIn("bazel talks: build --config=opt //samples/flightboard:flightboard",
                      done.stderr)
        # It runs where tools/run was called.
        self.assertIn(os.path.join(self.root, "out") + "\n", done.stderr)

    def test_exit_codes(self):
        self.assertEqual(self.run_it().returncode, 0)
        self.assertEqual(self.run_it(PROGRAM_CODE="143").returncode, 143)
        self.assertEqual(self.run_it(SETUP_CODE="1").returncode, 2)
        self.assertEqual(self.run_it(BUILD_CODE="1").returncode, 3)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Runs a sample and compares what it prints with a file: output_test.py PROGRAM EXPECTED.

Exit codes: 0 equal; 1 something else, which is printed as a diff.
"""

import difflib
import subprocess
import sys

_SECONDS_MAX = 100


def main(program, expected_path):
    with open(expected_path, encoding="utf-8") as file:
        expected = file.read()
    run = subprocess.run([program], stdout=subprocess.PIPE, timeout=_SECONDS_MAX, text=True,
                         check=False)
    sys.stdout.writelines(difflib.unified_diff(
        expected.splitlines(True), run.stdout.splitlines(True), expected_path, program))
    if run.returncode != 0:
        print(f"{program} ended with {run.returncode}")
    return 0 if run.returncode == 0 and run.stdout == expected else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""clang-format and buildifier. A tool that is not there is SKIPPED, in words."""

import os
import pwd
import re
import shutil
import subprocess

from source_tree import Finding


def check_clang_format(tree):
    tool = shutil.which("clang-format")
    if not tool:
        print("SKIPPED clang-format: not installed (tools/setup installs it)")
        return
    files = tree.cpp() + tree.select([".proto"])
    if not files:
        return
    run = subprocess.run([tool, "--dry-run", "--Werror", "--style=file", *files], cwd=tree.root,
                         capture_output=True, text=True, check=False)
    places = re.findall(r"^(\S+?):(\d+):\d+: error:", run.stderr, re.MULTILINE)
    first = {}
    for path, line in places:
        first.setdefault(path, int(line))
    for path, line in first.items():
        yield Finding(path, line, "clang-format", f"run clang-format -i {path}")


def buildifier(tree):
    """The pinned buildifier that tools/setup fetched, or None."""
    common = tree.text("tools/lib/common.sh")
    version = re.search(r"^BUILDIFIER_VERSION=(\S+)", common, re.MULTILINE)
    home = pwd.getpwuid(os.getuid()).pw_dir
    cache = os.environ.get("SAMPO_TOOLS_CACHE") or os.path.join(home, ".cache", "sampo-tools")
    path = os.path.join(cache, f"buildifier-{version.group(1)}")
    return path if os.access(path, os.X_OK) else None


def check_buildifier(tree):
    tool = buildifier(tree)
    if not tool:
        print("SKIPPED buildifier: not fetched (tools/setup fetches it when npm can be reached)")
        return
    for path in tree.bazel():
        kind = "--type=build" if path.endswith((".BUILD", "BUILD.bazel")) else "--type=auto"
        run = subprocess.run([tool, "--mode=check", kind, path], cwd=tree.root,
                             capture_output=True, text=True, check=False)
        if run.returncode:
            yield Finding(path, 0, "buildifier", f"run {tool} {path} {run.stderr.strip()}")

# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
#
# Sourced by the scripts of tools/: where the repository is, how to talk, how to call Bazel.
# shellcheck shell=bash

# The repository this script belongs to, wherever it was cloned and from wherever it is called.
SAMPO_ROOT="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)"
SAMPO_TOOLS_CACHE="${SAMPO_TOOLS_CACHE:-$HOME/.cache/sampo-tools}"
BUILDIFIER_VERSION=6.4.0

say() { echo "$(basename "$0"): $*" >&2; }

die() { # exit code, words...
  local code="$1"
  shift
  say "$*"
  exit "$code"
}

# Prints the comment block at the top of a script, which is its manual.
print_manual() { sed -n '5,/^[^#]/s/^# \{0,1\}//p' "$1"; }

# Bazel in this repository. SAMPO_BAZEL_STARTUP may hold startup options (--output_base=...).
run_bazel() {
  # shellcheck disable=SC2086  # several words on purpose
  (cd "$SAMPO_ROOT" && bazel ${SAMPO_BAZEL_STARTUP:-} "$@")
}

# Where tools/setup keeps the pinned buildifier.
buildifier_path() { echo "$SAMPO_TOOLS_CACHE/buildifier-$BUILDIFIER_VERSION"; }

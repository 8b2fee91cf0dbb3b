#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
#
# Driver of sampo_no_compile_test: no_compile.sh SOURCE FLAGS_FILE CASES_FILE
# FLAGS_FILE: one compiler argument per line. CASES_FILE: "MACRO<tab>regex" per line.
# Exit code: 0 every case fails with its text, 1 some case does not, 2 no compiler found.
set -euo pipefail

source_file="$1"
mapfile -t flags <"$2"
cases_file="$3"
log="${TEST_TMPDIR:-/tmp}/no_compile.log"
failed=0
compilers=0
headers=() # flags that bring in what the file includes, compiled once for all cases

# Most of the time of a case is that of its headers. It works without, too.
compile_headers() { # compiler
  local all="${TEST_TMPDIR:-/tmp}/headers.h" compiled use
  headers=()
  grep '^#include' "$source_file" >"$all" || return 0
  case "$1" in
    clang*) compiled="$all.pch" use=(-include-pch "$all.pch") ;;
    *) compiled="$all.gch" use=(-include "$all") ;;
  esac
  "$1" "${flags[@]}" -x c++-header "$all" -o "$compiled" >"$log" 2>&1 || return 0
  headers=("${use[@]}")
}

compile() { # compiler, extra flags...
  local compiler="$1"
  shift
  "$compiler" "${flags[@]}" "${headers[@]}" "$@" -fsyntax-only "$source_file" >"$log" 2>&1
}

complain() {
  echo "FAILED  $1"
  sed 's/^/    /' "$log" | head -n 40
  failed=1
}

check_case() { # compiler, macro, regex
  if compile "$1" "-D$2"; then
    complain "$1: $2 compiles, but must not"
  elif ! grep -Eq -- "$3" "$log"; then
    complain "$1: $2 fails without saying: $3"
  else
    echo "ok      $1: $2 ($(grep -c 'error:' "$log") errors, $(wc -l <"$log") lines)"
  fi
}

check_compiler() {
  local compiler="$1" macro regex
  if ! command -v "$compiler" >/dev/null; then
    echo "SKIPPED $compiler: not installed (tools/setup installs it)"
    return
  fi
  compilers=$((compilers + 1))
  compile_headers "$compiler"
  compile "$compiler" || complain "$compiler: the file does not compile without a case"
  while IFS=$'\t' read -r macro regex; do
    check_case "$compiler" "$macro" "$regex"
  done <"$cases_file"
}

check_compiler g++
check_compiler clang++
((compilers > 0)) || exit 2
exit "$failed"

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What ThreadSanitizer cannot see of Debian's Abseil. A Status that two threads share is counted
// down by code inside of libabsl_status.so, which is not instrumented: the order that the counting
// gives is invisible, and freeing the last one looks like a race with whoever read it before.
#if defined(SAMPO_TSAN)

// The name is ThreadSanitizer's.
extern "C" const char* __tsan_default_suppressions();   // NOLINT
extern "C" const char* __tsan_default_suppressions() {  // NOLINT
  // The functions, and the library where it calls free in their place.
  return "race:absl::*Status::Unref\n"
         "called_from_lib:libabsl_status.so\n";
}

#endif

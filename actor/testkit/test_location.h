// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TestLocation: the file and line of a call in a test, for messages about what failed there.
//
// Why: std::source_location has no implementation for clang 14 in Debian 12's standard library; the
// two builtins behind it are there in both compilers.
// Threads: a value. Lifetime: the file name is a literal.
//
//   void ExpectNothing(TestLocation where = TestLocation::current());
#ifndef SAMPO_ACTOR_TESTKIT_TEST_LOCATION_H_
#define SAMPO_ACTOR_TESTKIT_TEST_LOCATION_H_

namespace sampo {

class TestLocation {
 public:
  static constexpr TestLocation current(const char* file = __builtin_FILE(),
                                        int line = __builtin_LINE()) {
    return TestLocation(file, line);
  }
  constexpr const char* file_name() const { return file_; }
  constexpr int line() const { return line_; }

 private:
  constexpr TestLocation(const char* file, int line) : file_(file), line_(line) {}
  const char* file_;
  int line_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_TEST_LOCATION_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SourceLocation: the file and line that made an operator, for reports about streams that stand
// still.
//
// Why not std::source_location: clang 14 has no builtin for libstdc++'s.
// Threads: a value; `file` points to static storage.
//
//   Source Map(F f, SourceLocation where = SourceLocation::Current());
#ifndef SAMPO_STREAM_SOURCE_LOCATION_H_
#define SAMPO_STREAM_SOURCE_LOCATION_H_

namespace sampo::stream {

struct SourceLocation {
  const char* file = "";
  int line = 0;

  // As a default argument: the place of the call.
  static constexpr SourceLocation Current(const char* file = __builtin_FILE(),
                                          int line = __builtin_LINE()) {
    return {file, line};
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_SOURCE_LOCATION_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FileIo: files as sources and sinks of bytes.
//
// Reading and writing block, so both run in an actor of their own on the blocking dispatcher. The
// materialized future always gives an IoResult, also where the stream fails: the bytes until then.
// Failures have the code of errno (NOT_FOUND, PERMISSION_DENIED ...) and name the file.
// Threads: values.
//
//   Future<IoResult> copied = FileIo::FromPath("a").RunWith(FileIo::ToPath("b"), system);
#ifndef SAMPO_STREAM_IO_FILE_IO_H_
#define SAMPO_STREAM_IO_FILE_IO_H_

#include <cstdint>
#include <string>

#include "sampo/actor/future.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/io/io_result.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {

struct FileReadOptions {
  size_t chunk_bytes = 8 << 10;  // Pekko's default
  int64_t start_position = 0;
};

// What happens to a file that is there; one that is not is made.
enum class FileWriteMode : uint8_t {
  kTruncate,   // its content is replaced
  kAppend,     // it is added to
  kOverwrite,  // bytes from `start_position` on are replaced, the others stay
  kCreateNew,  // the stream fails with ALREADY_EXISTS
};
struct FileWriteOptions {
  FileWriteMode mode = FileWriteMode::kTruncate;
  int64_t start_position = 0;  // not with kAppend
};

class FileIo {
 public:
  // The bytes of a file, in chunks of the same size but for the last.
  // Emits when: a chunk was read. Backpressures when: downstream does. Completes when: the end of
  // the file is reached. Cancels when: downstream does. Tested by: file_io_test.cc.
  static Source<Bytes, Future<IoResult>> FromPath(std::string path, FileReadOptions options = {},
                                                  SourceLocation where = SourceLocation::Current());
  // Writes what comes. The result comes after the file is closed.
  // Backpressures when: it writes. Cancels when: writing fails, with that failure. Tested by:
  // file_io_test.cc.
  static Sink<Bytes, Future<IoResult>> ToPath(std::string path, FileWriteOptions options = {},
                                              SourceLocation where = SourceLocation::Current());
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_IO_FILE_IO_H_

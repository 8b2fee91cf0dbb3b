// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Compression: gzip and deflate, there and back, as flows of bytes.
//
// What is decompressed comes in pieces of at most `piece_bytes_max`, as downstream asks for them,
// so that a small bomb does not become a large buffer. Failures: DATA_LOSS for data that are
// damaged, cut off, or followed by something else. Threads: values.
//
//   source.Via(Compression::Gzip()).RunWith(FileIo::ToPath("log.gz"), system)
#ifndef SAMPO_STREAM_IO_COMPRESSION_H_
#define SAMPO_STREAM_IO_COMPRESSION_H_

#include <cstddef>
#include <cstdint>

#include "sampo/stream/flow.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {

// kEachPiece: what goes in is flushed at once, so that the other side sees it; costs some bytes.
enum class CompressionFlush : uint8_t { kEachPiece, kAtEnd };
// RFC 1950, or the naked format of RFC 1951.
enum class DeflateFormat : uint8_t { kZlib, kRaw };

class Compression {
 public:
  static constexpr int kDefaultLevel = 6;
  // Pekko's max-bytes-per-chunk.
  static constexpr size_t kPieceBytesMax = 64 << 10;

  // RFC 1952. `level`: 0 (store) to 9 (smallest).
  // Emits when: zlib has output. Backpressures when: downstream does. Completes when: upstream does
  // and the trailer was emitted. Cancels when: downstream does. Tested by: compression_test.cc.
  static Flow<Bytes, Bytes> Gzip(int level = kDefaultLevel,
                                 CompressionFlush flush = CompressionFlush::kEachPiece,
                                 SourceLocation where = SourceLocation::Current());
  // Takes one or more gzip members, one after the other.
  // Emits when: zlib has output. Backpressures when: downstream does. Completes when: upstream does
  // and all output was emitted. Cancels when: downstream does. Tested by: compression_test.cc.
  static Flow<Bytes, Bytes> GzipDecompress(size_t piece_bytes_max = kPieceBytesMax,
                                           SourceLocation where = SourceLocation::Current());
  // Emits when: zlib has output. Backpressures when: downstream does. Completes when: upstream does
  // and the trailer was emitted. Cancels when: downstream does. Tested by: compression_test.cc.
  static Flow<Bytes, Bytes> Deflate(int level = kDefaultLevel,
                                    DeflateFormat format = DeflateFormat::kZlib,
                                    CompressionFlush flush = CompressionFlush::kEachPiece,
                                    SourceLocation where = SourceLocation::Current());
  // Emits when: zlib has output. Backpressures when: downstream does. Completes when: upstream does
  // and all output was emitted. Cancels when: downstream does. Tested by: compression_test.cc.
  static Flow<Bytes, Bytes> Inflate(size_t piece_bytes_max = kPieceBytesMax,
                                    DeflateFormat format = DeflateFormat::kZlib,
                                    SourceLocation where = SourceLocation::Current());
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_IO_COMPRESSION_H_

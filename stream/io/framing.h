// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Framing: frames out of a stream of bytes that is cut anywhere: by a delimiter, or by a length
// field.
//
// A frame that lies within one piece is a slice of it, without a copy.
// Threads: values. Failures: RESOURCE_EXHAUSTED beyond the maximum, DATA_LOSS for what ends within
// a frame, INVALID_ARGUMENT for a length that cannot be.
//
//   FileIo::FromPath("log.txt").Via(Framing::Delimiter("\n", 64 << 10, Truncation::kAllowed))
#ifndef SAMPO_STREAM_IO_FRAMING_H_
#define SAMPO_STREAM_IO_FRAMING_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sampo/stream/bidi_flow.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {

// Whether a stream may end within a frame; then what is left is the last frame.
enum class Truncation : uint8_t { kRefused, kAllowed };

enum class ByteOrder : uint8_t { kLittleEndian, kBigEndian };

struct LengthField {
  // Bytes of the field, 1 to 4, and bytes before it.
  int bytes = 4;
  size_t offset = 0;
  size_t frame_bytes_max = 0;
  ByteOrder order = ByteOrder::kLittleEndian;
  // Bytes of the whole frame, of the bytes before the field and what it says. Empty: the field
  // says how many bytes follow it.
  std::function<int64_t(std::string_view before, int64_t length)> frame_bytes = nullptr;
};

class Framing {
 public:
  // Frames that end with `delimiter`, without it. A frame has at most `frame_bytes_max` bytes.
  // Emits when: a delimiter was found. Backpressures when: downstream does. Completes when:
  // upstream does and all frames were emitted. Cancels when: downstream does. Tested by:
  // framing_test.cc.
  static Flow<Bytes, Bytes> Delimiter(std::string delimiter, size_t frame_bytes_max,
                                      Truncation truncation = Truncation::kRefused,
                                      SourceLocation where = SourceLocation::Current());
  // Frames that say how long they are; each is given whole, with its header.
  // Emits when: all bytes of a frame are there. Backpressures when: downstream does. Completes
  // when: upstream does and all frames were emitted. Cancels when: downstream does. Tested by:
  // framing_test.cc.
  static Flow<Bytes, Bytes> ByLengthField(LengthField field,
                                          SourceLocation where = SourceLocation::Current());
  // The two halves of a simple protocol: a big-endian length of 4 bytes before each message.
  // A message beyond `message_bytes_max` fails either with RESOURCE_EXHAUSTED.
  // Emits when: a message was framed, or is whole. Backpressures when: downstream does. Completes
  // when: upstream does. Cancels when: downstream does. Tested by: framing_test.cc.
  static Flow<Bytes, Bytes> SimpleFramingEncoder(size_t message_bytes_max,
                                                 SourceLocation where = SourceLocation::Current());
  static Flow<Bytes, Bytes> SimpleFramingDecoder(size_t message_bytes_max,
                                                 SourceLocation where = SourceLocation::Current());
  // Both at once: messages down and up, frames below. Join it with a connection.
  static BidiFlow<Bytes, Bytes, Bytes, Bytes> SimpleFramingProtocol(
      size_t message_bytes_max, SourceLocation where = SourceLocation::Current());
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_IO_FRAMING_H_

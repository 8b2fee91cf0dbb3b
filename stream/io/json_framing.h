// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// JsonFraming: the top-level JSON objects of a stream of bytes, each as its bytes.
//
// Objects may stand in an array, one after the other, or separated by commas or newlines. Nothing
// is parsed: braces are counted, strings and their escapes known. An object within one piece is a
// slice of it. Failures: INVALID_ARGUMENT for bytes that are not an object, RESOURCE_EXHAUSTED
// beyond the maximum, DATA_LOSS for a stream that ends within an object. Threads: values.
//
//   source.Via(JsonFraming::ObjectScanner(1 << 20)).Map(ParseFlight)
#ifndef SAMPO_STREAM_IO_JSON_FRAMING_H_
#define SAMPO_STREAM_IO_JSON_FRAMING_H_

#include <cstddef>

#include "sampo/stream/flow.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {

class JsonFraming {
 public:
  // Objects of at most `object_bytes_max` bytes.
  // Emits when: the closing brace of an object has come. Backpressures when: downstream does.
  // Completes when: upstream does and all objects were emitted. Cancels when: downstream does.
  // Tested by: json_framing_test.cc.
  static Flow<Bytes, Bytes> ObjectScanner(size_t object_bytes_max,
                                          SourceLocation where = SourceLocation::Current());
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_IO_JSON_FRAMING_H_

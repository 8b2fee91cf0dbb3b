// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes Inflate and GzipDecompress: no crash for any bytes, pieces within their bound, and what
// was compressed comes back. The first byte says how the bytes are cut. Corpus:
// testdata/inflate_corpus.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/stream/io/internal/zlib_chunkers.h"

namespace {

using sampo::stream::Bytes;
using sampo::stream::internal::Chunker;
using sampo::stream::internal::ChunkerStep;
using sampo::stream::internal::ZlibFormat;

constexpr size_t kPieceBytesMax = 100;
// A fuzzer's bomb is stopped here.
constexpr size_t kOutputBytesMax = 1 << 20;

// What comes out until the end or a failure; `ok` tells which.
std::string Run(Chunker& chunker, std::string_view text, size_t piece, bool* ok) {
  std::string all;
  *ok = false;
  for (size_t at = 0;;) {
    ChunkerStep step = chunker.Next();
    if (step.kind == ChunkerStep::Kind::kFailed || all.size() > kOutputBytesMax) return all;
    if (step.kind == ChunkerStep::Kind::kPiece) {
      all += step.piece.view();
      continue;
    }
    if (at > text.size()) break;
    if (at == text.size()) {
      chunker.FinishInput();
      ++at;
    } else {
      chunker.Feed(Bytes(text.substr(at, piece)));
      at = std::min(at + piece, text.size());
    }
  }
  *ok = true;
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const size_t piece = 1 + data[0] % 64;
  bool ok = false;
  for (ZlibFormat format : {ZlibFormat::kGzip, ZlibFormat::kZlib, ZlibFormat::kRaw}) {
    sampo::stream::internal::Inflater any(format, kPieceBytesMax);
    Run(any, text, piece, &ok);
    sampo::stream::internal::Deflater deflater(format, 1 + data[0] % 9,
                                               sampo::stream::CompressionFlush::kEachPiece);
    const std::string deflated = Run(deflater, text, piece, &ok);
    SAMPO_CHECK(ok);
    sampo::stream::internal::Inflater back(format, kPieceBytesMax);
    SAMPO_CHECK(Run(back, deflated, piece, &ok) == text && ok);
  }
  return 0;
}

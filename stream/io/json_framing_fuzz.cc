// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes the scanner of JSON objects. What must hold for any bytes, cut anywhere: the same objects
// and the same end as in one piece; no object beyond the maximum. The first byte says how the bytes
// are cut. Corpus: testdata/json_framing_corpus.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sampo/actor/base/check.h"
#include "sampo/stream/io/internal/framers.h"

namespace {

using sampo::stream::Bytes;
using sampo::stream::internal::Chunker;
using sampo::stream::internal::ChunkerStep;

constexpr size_t kFrameBytesMax = 64;

struct Outcome {
  std::vector<std::string> frames;
  absl::StatusCode end = absl::StatusCode::kOk;
  bool operator==(const Outcome&) const = default;
};

// False: it has failed.
bool Drain(Chunker& chunker, Outcome& outcome) {
  for (;;) {
    ChunkerStep step = chunker.Next();
    if (step.kind == ChunkerStep::Kind::kNeedMore) return true;
    if (step.kind == ChunkerStep::Kind::kFailed) {
      SAMPO_CHECK(!chunker.failure().ok() && !chunker.failure().message().empty());
      outcome.end = chunker.failure().code();
      return false;
    }
    SAMPO_CHECK(step.piece.size() <= kFrameBytesMax);
    outcome.frames.push_back(step.piece.ToString());
  }
}

template <class C>
Outcome RunInPieces(C chunker, std::string_view text, size_t piece) {
  Outcome outcome;
  for (size_t at = 0; at < text.size(); at += piece) {
    chunker.Feed(Bytes(text.substr(at, piece)));
    if (!Drain(chunker, outcome)) return outcome;
  }
  chunker.FinishInput();
  Drain(chunker, outcome);
  return outcome;
}

template <class Make>
void Compare(Make make, std::string_view text, size_t piece) {
  SAMPO_CHECK(RunInPieces(make(), text, text.size()) == RunInPieces(make(), text, piece));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  Compare([] { return sampo::stream::internal::JsonFramer(kFrameBytesMax); }, text,
          1 + data[0] % 17);
  return 0;
}

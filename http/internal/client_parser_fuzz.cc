// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes the border of the client: bytes that claim to be a response. What must hold for any bytes:
// no crash; the same head, body and end however the bytes are cut; no head beyond the limits; a
// failure says why; what follows the response is given back. The first byte says how the bytes are
// cut, and whether it answers a HEAD request. Corpus: testdata/client_corpus.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "sampo/actor/base/check.h"
#include "sampo/http/internal/client_parser.h"
#include "sampo/stream/io/bytes.h"

namespace {

using sampo::http::Headers;
using sampo::http::internal::ResponseLimits;
using sampo::http::internal::ResponseParser;
using sampo::stream::Bytes;

constexpr ResponseLimits kLimits{.head_bytes_max = 512, .header_count_max = 8};

struct Outcome {
  int status = 0;
  Headers headers;
  std::string body;
  std::string rest;
  bool is_whole = false;
  absl::StatusCode failure = absl::StatusCode::kOk;
  bool operator==(const Outcome&) const = default;
};

// What was read of `text` when it came in pieces.
Outcome Read(std::string_view text, size_t piece, bool is_head) {
  ResponseParser parser(kLimits, is_head);
  Outcome outcome;
  size_t at = 0;
  for (;;) {
    switch (parser.Next()) {
      case ResponseParser::Event::kNeedMore:
        if (at >= text.size()) {
          parser.FeedEnd();
        } else {
          parser.Feed(Bytes(text.substr(at, piece)));
          at += piece;
        }
        break;
      case ResponseParser::Event::kHead:
        outcome.status = ToNumber(parser.head().status);
        outcome.headers = parser.head().headers;
        SAMPO_CHECK(outcome.status >= 100 && outcome.status <= 599);
        SAMPO_CHECK(outcome.headers.size() <= static_cast<size_t>(kLimits.header_count_max));
        break;
      case ResponseParser::Event::kBody: {
        const Bytes body = parser.TakeBody();
        SAMPO_CHECK(!body.empty());
        outcome.body.append(body.view());
        break;
      }
      case ResponseParser::Event::kEnd:
        outcome.is_whole = true;
        outcome.rest = parser.TakeRest().ToString();
        if (at < text.size()) outcome.rest.append(text.substr(at));
        SAMPO_CHECK(text.ends_with(outcome.rest));
        SAMPO_CHECK(!is_head || outcome.body.empty());
        return outcome;
      case ResponseParser::Event::kFailed:
        SAMPO_CHECK(!parser.failure().ok() && !parser.failure().message().empty());
        outcome.failure = parser.failure().code();
        return outcome;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const bool is_head = (data[0] & 0x80) != 0;
  const Outcome whole = Read(text, text.size(), is_head);
  const Outcome cut = Read(text, 1 + data[0] % 17, is_head);
  // A head that is too long is too long at one byte more or less, as the pieces come.
  if (whole.failure == absl::StatusCode::kResourceExhausted ||
      cut.failure == absl::StatusCode::kResourceExhausted) {
    return 0;
  }
  SAMPO_CHECK(whole == cut, "another response when it was cut");
  return 0;
}

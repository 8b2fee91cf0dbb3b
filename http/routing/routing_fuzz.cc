// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes what routes take apart: targets and paths, Accept, Range, Cookie and entity tags, numbers,
// JSON, gzip, and event streams. What must hold for any bytes stands beside each. The first byte
// says how an event stream is cut and how large a file with ranges is. Corpus:
// testdata/routing_corpus.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/actor/base/check.h"
#include "sampo/http/coding/gzip.h"
#include "sampo/http/json/json.h"
#include "sampo/http/model/uri.h"
#include "sampo/http/routing/accept.h"
#include "sampo/http/routing/conditional.h"
#include "sampo/http/routing/field_text.h"
#include "sampo/http/routing/from_text.h"
#include "sampo/http/routing/path_matchers.h"
#include "sampo/http/routing/security_directives.h"
#include "sampo/http/sse/server_sent_event.h"

namespace {

using namespace sampo::http;  // NOLINT: all of it is under test

// A path is cut at its slashes before it is decoded: as many segments as slashes.
void FuzzPath(std::string_view raw) {
  sampo::http::SegmentsMatcher::Values all;
  PathCursor cursor(raw);
  const absl::StatusOr<std::string> decoded = PercentDecode(raw);
  SAMPO_CHECK(Segments.Match(cursor, all) == decoded.ok());
  if (!decoded.ok()) return;
  size_t slashes = 0;
  for (char c : raw) slashes += c == '/' ? 1 : 0;
  SAMPO_CHECK(std::get<0>(all).size() == slashes + 1 && cursor.rest().empty());
  std::string joined;
  for (const std::string& segment : std::get<0>(all)) {
    if (&segment != &std::get<0>(all).front()) joined += '/';
    joined += segment;
  }
  SAMPO_CHECK(joined == *decoded);
  const auto pattern = Segment / IntNumber / Remaining;
  decltype(pattern)::Values values;
  PathCursor again(raw);
  if (!pattern.Match(again, values)) return;
  SAMPO_CHECK(std::get<0>(values) == std::get<0>(all)[0] && std::get<1>(values) >= 0);
  PathCursor literal(raw);
  const std::string first = std::get<0>(values);
  // A literal with a slash is two segments, so it is not the one that a %2F made.
  if (first.find('/') == std::string::npos) SAMPO_CHECK(literal.TakeLiteral(first));
}

// Weights within their bounds, tokens in lower case, not too many.
void FuzzAccept(std::string_view text) {
  const std::vector<WeightedToken> tokens = ParseWeighted(text);
  SAMPO_CHECK(tokens.size() <= kAcceptPartsMax);
  for (const WeightedToken& token : tokens) {
    SAMPO_CHECK(0 <= token.permille && token.permille <= 1000);
    SAMPO_CHECK(!token.token.empty() && token.token == AsciiLower(token.token));
  }
  Headers headers;
  headers.AddUnchecked("Accept", std::string(text));
  headers.AddUnchecked("Accept-Encoding", std::string(text));
  const int type = WeightOfType(headers, "text/html");
  const int coding = WeightOfCoding(headers, "gzip");
  SAMPO_CHECK(0 <= type && type <= 1000 && 0 <= coding && coding <= 1000);
}

// In order, apart from each other, within the size.
void FuzzRange(std::string_view text, uint64_t size) {
  for (const std::string& field : {std::string(text), "bytes=" + std::string(text)}) {
    const RangeRequest request = ParseRange(field, size);
    SAMPO_CHECK((request.outcome == RangeOutcome::kPartial) == !request.ranges.empty());
    SAMPO_CHECK(request.ranges.size() <= kRangesMax);
    for (size_t i = 0; i < request.ranges.size(); ++i) {
      const ByteRange& range = request.ranges[i];
      SAMPO_CHECK(range.first <= range.last && range.last < size);
      SAMPO_CHECK(i == 0 || request.ranges[i - 1].last + 1 < range.first);
    }
  }
}

std::vector<ServerSentEvent> ParseEvents(std::string_view text, size_t piece, bool& ok) {
  EventParser parser({.line_bytes_max = 64, .event_bytes_max = 128});
  std::vector<ServerSentEvent> events;
  ok = true;
  for (size_t at = 0; ok && at < text.size(); at += piece) {
    ok = parser.Feed(text.substr(at, piece)).ok();
    while (std::optional<ServerSentEvent> event = parser.Next()) events.push_back(*event);
  }
  return events;
}

// The same events however the bytes come; what is rendered is parsed back. Of an event without any
// part a heartbeat is made, which is none.
void FuzzEvents(std::string_view text, size_t piece) {
  bool ok = false;
  bool ok_in_pieces = false;
  const std::vector<ServerSentEvent> events = ParseEvents(text, text.size() + 1, ok);
  SAMPO_CHECK(events == ParseEvents(text, piece, ok_in_pieces) && ok == ok_in_pieces);
  for (const ServerSentEvent& event : events) {
    if (event == ServerSentEvent::Heartbeat()) continue;
    EventParser parser;
    SAMPO_CHECK(parser.Feed(RenderEvent(event)).ok());
    SAMPO_CHECK(parser.Next() == event);
  }
}

void FuzzTexts(std::string_view text) {
  if (const auto value = CookieValue(text, "id")) {
    SAMPO_CHECK(value->data() >= text.data() && value->size() <= text.size());
  }
  EtagListHas(text, "\"a\"", true);
  ParseHttpDate(text);
  ParseBasicCredentials(text);
  ParseBearerToken(text);
  SAMPO_CHECK(ParseJson(JsonQuote(text)).ok());
  if (absl::StatusOr<nlohmann::json> json = ParseJson(text); json.ok()) {
    SAMPO_CHECK(ParseJson(JsonText(*json)).ok());
  }
  const std::optional<int8_t> small = FromText<int8_t>::Parse(text);
  if (small) SAMPO_CHECK(FromText<int8_t>::Parse(std::to_string(*small)) == small);
  FromText<double>::Parse(text);
  constexpr uint64_t kBytesMax = 10'000;
  const absl::StatusOr<std::string> plain = GunzipText(text, kBytesMax);
  if (plain.ok()) SAMPO_CHECK(plain->size() <= kBytesMax);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  FuzzPath(text);
  if (const absl::StatusOr<Uri> uri = Uri::Parse(text); uri.ok()) FuzzPath(uri->path());
  FuzzAccept(text);
  FuzzRange(text, data[0]);
  FuzzEvents(text, 1 + data[0] % 7);
  FuzzTexts(text);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Conditional: ETag and Last-Modified of an answer, and the requests that ask only for what has
// changed (RFC 9110 section 13): 304 and 412. And ranges of bytes (section 14).
//
// Threads: pure functions, and a directive as Route.
//
//   Conditional({.etag = "\"v7\""}, Complete(big_answer))  // a GET that has "v7" is answered 304
#ifndef SAMPO_HTTP_ROUTING_CONDITIONAL_H_
#define SAMPO_HTTP_ROUTING_CONDITIONAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "sampo/http/model/message.h"
#include "sampo/http/routing/route.h"

namespace sampo::http {

// What identifies the present state of a resource.
struct Validators {
  std::string etag = {};  // with its quotes, and W/ where it is weak; empty: none
  std::optional<absl::Time> last_modified = {};
};

// 304 or 412 where the request's preconditions say so; nothing: it is to be done. Of one that is
// not a GET or HEAD a match of If-None-Match is 412.
std::optional<StatusCode> EvaluatePreconditions(const HttpRequest& request,
                                                const Validators& validators);
// Whether a list of entity tags ("*", or "a", W/"b") has `etag`; an empty one is in none. `weakly`:
// W/ does not matter.
bool EtagListHas(std::string_view list, std::string_view etag, bool weakly);
void AddValidators(const Validators& validators, HttpResponse& response);

// Runs the inner route only where the request needs its answer, which gets the two fields where it
// is a success. For POST and PUT with If-Match: the check is not atomic with what the route does.
Route Conditional(Validators validators, Route inner);

struct ByteRange {
  uint64_t first = 0;
  uint64_t last = 0;  // inclusive
  uint64_t size() const { return last - first + 1; }
  bool operator==(const ByteRange&) const = default;
};
inline constexpr size_t kRangesMax = 16;  // Pekko's; more are as no Range at all

enum class RangeOutcome : uint8_t {
  kWhole,           // no Range, one of another unit, or not well formed: the whole is answered
  kPartial,         // `ranges` has what is asked for, joined where they touch or overlap
  kNotSatisfiable,  // nothing of it lies within: 416
};
struct RangeRequest {
  RangeOutcome outcome = RangeOutcome::kWhole;
  std::vector<ByteRange> ranges = {};
};
// "bytes=0-99,-100" for a resource of `size` bytes.
RangeRequest ParseRange(std::string_view field, uint64_t size);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_CONDITIONAL_H_

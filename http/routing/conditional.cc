// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/conditional.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "sampo/http/routing/error_response.h"
#include "sampo/http/routing/field_text.h"

namespace sampo::http {
namespace {

bool IsReading(Method method) { return method == Method::kGet || method == Method::kHead; }

std::string_view WithoutWeak(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  return etag;
}

std::optional<absl::Time> DateOf(const HttpRequest& request, std::string_view name) {
  const auto field = request.headers.Get(name);
  return field ? ParseHttpDate(TrimBlanks(*field)) : std::nullopt;
}

// Fields know seconds only.
absl::Time Seconds(absl::Time time) { return absl::FromUnixSeconds(absl::ToUnixSeconds(time)); }

// "*" is any state: one that is known by a date alone, too.
bool AnyListHas(const HttpRequest& request, std::string_view name, const Validators& validators,
                bool weakly) {
  const bool exists = !validators.etag.empty() || validators.last_modified.has_value();
  for (std::string_view field : request.headers.GetAll(name)) {
    if (exists && TrimBlanks(field) == "*") return true;
    if (EtagListHas(field, validators.etag, weakly)) return true;
  }
  return false;
}

// One beyond 64 bits is the largest: it is behind the end of every file either way.
std::optional<uint64_t> ParseDigits(std::string_view text) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || stopped != end) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<uint64_t>::max();
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

enum class RangePart : uint8_t { kMalformed, kOutside, kInside };

RangePart ParseOneRange(std::string_view part, uint64_t size, ByteRange& range) {
  const size_t dash = part.find('-');
  if (dash == std::string_view::npos) return RangePart::kMalformed;
  const std::string_view first_text = part.substr(0, dash);
  const std::string_view last_text = part.substr(dash + 1);
  const std::optional<uint64_t> first = ParseDigits(first_text);
  const std::optional<uint64_t> last = ParseDigits(last_text);
  if (first_text.empty()) {  // "-100": the last hundred
    if (!last) return RangePart::kMalformed;
    if (*last == 0 || size == 0) return RangePart::kOutside;
    range = {size - std::min(*last, size), size - 1};
    return RangePart::kInside;
  }
  if (!first || (!last_text.empty() && !last) || (last && *last < *first)) {
    return RangePart::kMalformed;
  }
  if (*first >= size) return RangePart::kOutside;
  range = {*first, last ? std::min(*last, size - 1) : size - 1};
  return RangePart::kInside;
}

// Sorted, and joined where they touch or overlap.
std::vector<ByteRange> Coalesced(std::vector<ByteRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const ByteRange& a, const ByteRange& b) { return a.first < b.first; });
  std::vector<ByteRange> joined;
  for (const ByteRange& range : ranges) {
    if (joined.empty() || range.first > joined.back().last + 1) {
      joined.push_back(range);
    } else {
      joined.back().last = std::max(joined.back().last, range.last);
    }
  }
  return joined;
}

}  // namespace

bool EtagListHas(std::string_view list, std::string_view etag, bool weakly) {
  if (etag.empty()) return false;
  if (TrimBlanks(list) == "*") return true;
  if (!weakly && etag.starts_with("W/")) return false;
  while (!list.empty()) {
    // A tag may have a comma in its quotes.
    const size_t open = list.find('"');
    if (open == std::string_view::npos) return false;
    const size_t close = list.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    const bool is_weak = open >= 2 && list.substr(open - 2, 2) == "W/";
    const std::string_view tag = list.substr(open, close - open + 1);
    if (tag == WithoutWeak(etag) && (weakly || !is_weak)) return true;
    list.remove_prefix(close + 1);
  }
  return false;
}

std::optional<StatusCode> EvaluatePreconditions(const HttpRequest& request,
                                                const Validators& validators) {
  const Headers& headers = request.headers;
  if (headers.Has("If-Match")) {
    if (!AnyListHas(request, "If-Match", validators, false)) {
      return StatusCode::kPreconditionFailed;
    }
  } else if (const auto date = DateOf(request, "If-Unmodified-Since"); date) {
    if (validators.last_modified && Seconds(*validators.last_modified) > *date) {
      return StatusCode::kPreconditionFailed;
    }
  }
  if (headers.Has("If-None-Match")) {
    if (AnyListHas(request, "If-None-Match", validators, true)) {
      return IsReading(request.method) ? StatusCode::kNotModified : StatusCode::kPreconditionFailed;
    }
  } else if (const auto date = DateOf(request, "If-Modified-Since");
             date && IsReading(request.method)) {
    if (validators.last_modified && Seconds(*validators.last_modified) <= *date) {
      return StatusCode::kNotModified;
    }
  }
  return std::nullopt;
}

void AddValidators(const Validators& validators, HttpResponse& response) {
  if (!validators.etag.empty() && !response.headers.Has("ETag")) {
    response.headers.AddUnchecked("ETag", validators.etag);
  }
  if (validators.last_modified && !response.headers.Has("Last-Modified")) {
    response.headers.AddUnchecked("Last-Modified", HttpDate(*validators.last_modified));
  }
}

Route Conditional(Validators validators, Route inner) {
  return Route([validators = std::move(validators),
                inner = std::move(inner)](const RequestContext& context) {
    const auto outcome = EvaluatePreconditions(context.request(), validators);
    if (outcome == StatusCode::kNotModified) {
      HttpResponse response{.status = StatusCode::kNotModified};
      AddValidators(validators, response);
      return RouteAnswer(std::move(response));
    }
    if (outcome) {
      return RouteAnswer(Rejection{.kind = RejectionKind::kPreconditionFailed,
                                   .place = "precondition of the request",
                                   .allowed = "requests that know the present ETag"});
    }
    return inner(context).Then([validators](RouteResult result) {
      if (result.IsComplete() && IsSuccess(result.response().status)) {
        AddValidators(validators, result.response());
      }
      return RouteAnswer(std::move(result));
    });
  });
}

RangeRequest ParseRange(std::string_view field, uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!field.starts_with(kUnit)) return {};
  field.remove_prefix(kUnit.size());
  std::vector<ByteRange> ranges;
  size_t parts = 0;
  while (!field.empty()) {
    const size_t end = std::min(field.find(','), field.size());
    const std::string_view part = TrimBlanks(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    if (part.empty()) continue;
    if (++parts > kRangesMax) return {};
    ByteRange range;
    switch (ParseOneRange(part, size, range)) {
      case RangePart::kMalformed:
        return {};
      case RangePart::kOutside:
        break;
      case RangePart::kInside:
        ranges.push_back(range);
        break;
    }
  }
  if (parts == 0) return {};
  if (ranges.empty()) return {.outcome = RangeOutcome::kNotSatisfiable};
  return {.outcome = RangeOutcome::kPartial, .ranges = Coalesced(std::move(ranges))};
}

}  // namespace sampo::http

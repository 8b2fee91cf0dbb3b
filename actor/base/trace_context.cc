// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/trace_context.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "absl/strings/escaping.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

// traceparent of version 00: positions and sizes in characters (section 3.2.2).
constexpr size_t kTraceIdAt = 3;
constexpr size_t kParentIdAt = 36;
constexpr size_t kFlagsAt = 53;
constexpr size_t kTraceParentSize = 55;

// Entries above this many bytes go first when a tracestate is too long (section 3.3.1.5).
constexpr size_t kLongEntryBytes = 128;

constexpr std::string_view kHexDigits = "0123456789abcdef";

// Reads lower-case hex digits into `bytes`; false if there is another character. The standard
// forbids capitals.
bool ParseHex(std::string_view digits, std::span<uint8_t> bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    const size_t high = kHexDigits.find(digits[2 * i]);
    const size_t low = kHexDigits.find(digits[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return true;
}

void AppendHex(std::string& to, std::span<const uint8_t> bytes) {
  for (const uint8_t byte : bytes) {
    to += kHexDigits[byte >> 4];
    to += kHexDigits[byte & 0xF];
  }
}

bool IsAllZero(std::span<const uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

// Fills `bytes` with random ones that are not all zero. A source that only gives zeros would
// otherwise never end, so the last byte becomes 1 then.
void FillRandom(std::span<uint8_t> bytes, RandomBits random) {
  for (size_t i = 0; i < bytes.size(); i += 8) {
    uint64_t bits = random();
    for (size_t j = i; j < std::min(i + 8, bytes.size()); ++j) {
      bytes[j] = static_cast<uint8_t>(bits >> 56);
      bits <<= 8;
    }
  }
  if (IsAllZero(bytes)) bytes.back() = 1;
}

absl::Status Malformed(std::string_view header, std::string_view text, std::string_view reason) {
  // Twice the size of a good header is enough to see what came.
  const bool cut = text.size() > 2 * kTraceParentSize;
  return absl::InvalidArgumentError(
      StrCat(header, ": found \"", absl::CHexEscape(ToAbsl(text.substr(0, 2 * kTraceParentSize))),
             cut ? "..." : "", "\", ", reason));
}

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsKeyText(std::string_view text, size_t size_max) {
  return text.size() <= size_max && std::all_of(text.begin(), text.end(), [](char c) {
           return IsLowerOrDigit(c) || c == '_' || c == '-' || c == '*' || c == '/';
         });
}

// Section 3.3.1.3.1: a simple key of up to 256 characters that starts with a letter, or
// tenant@system with up to 241 and 14 characters, where the tenant may start with a digit.
bool IsStateKey(std::string_view key) {
  const auto starts_with_letter = [](std::string_view text) {
    return !text.empty() && text.front() >= 'a' && text.front() <= 'z';
  };
  const size_t at = key.find('@');
  if (at == std::string_view::npos) return starts_with_letter(key) && IsKeyText(key, 256);
  const std::string_view tenant = key.substr(0, at);
  const std::string_view system = key.substr(at + 1);
  return !tenant.empty() && IsLowerOrDigit(tenant.front()) && IsKeyText(tenant, 241) &&
         starts_with_letter(system) && IsKeyText(system, 14);
}

// Section 3.3.1.3.2: 1 to 256 printable ASCII characters without comma and equals sign, and
// without a space at the end.
bool IsStateValue(std::string_view value) {
  return !value.empty() && value.size() <= 256 && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

// `text` without the optional white space (spaces and tabs) around it.
std::string_view TrimSpace(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

size_t JoinedSize(const std::vector<std::string_view>& entries) {
  size_t size = entries.empty() ? 0 : entries.size() - 1;
  for (const std::string_view entry : entries) size += entry.size();
  return size;
}

// Drops entries until the rest fits into kTraceStateBytesMax.
void Shorten(std::vector<std::string_view>& entries) {
  for (size_t i = entries.size(); i-- > 0 && JoinedSize(entries) > kTraceStateBytesMax;) {
    if (entries[i].size() > kLongEntryBytes) {
      entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  while (JoinedSize(entries) > kTraceStateBytesMax) entries.pop_back();
}

// The reason why `entry` cannot join `entries`; nothing if it can.
std::optional<std::string_view> RefuseEntry(std::string_view entry,
                                            const std::vector<std::string_view>& entries) {
  const size_t equals = entry.find('=');
  if (equals == std::string_view::npos) return "want key=value between commas";
  const std::string_view key = entry.substr(0, equals);
  if (!IsStateKey(key)) return "want keys of a-z, 0-9, _-*/ and one @";
  if (!IsStateValue(entry.substr(equals + 1))) return "want values of printable ASCII";
  const std::string_view key_equals = entry.substr(0, equals + 1);
  for (const std::string_view other : entries) {
    if (other.starts_with(key_equals)) return "want each key once";
  }
  if (entries.size() >= kTraceStateEntriesMax) return "want at most 32 entries";
  return std::nullopt;
}

}  // namespace

TraceContext TraceContext::NewRoot(RandomBits random, bool sampled) {
  TraceContext context;
  FillRandom(context.trace_id_, random);
  FillRandom(context.parent_id_, random);
  context.flags_ = sampled ? kTraceSampled : 0;
  return context;
}

absl::StatusOr<TraceContext> TraceContext::FromIds(const TraceId& trace_id,
                                                   const ParentId& parent_id, uint8_t flags) {
  if (IsAllZero(trace_id) || IsAllZero(parent_id)) {
    return absl::InvalidArgumentError("trace context: an id is all zero");
  }
  TraceContext context;
  context.trace_id_ = trace_id;
  context.parent_id_ = parent_id;
  context.flags_ = flags;
  return context;
}

absl::StatusOr<TraceContext> TraceContext::Parse(std::string_view traceparent) {
  const auto malformed = [&](std::string_view reason) {
    return Malformed("traceparent", traceparent, reason);
  };
  if (traceparent.size() < kTraceParentSize) return malformed("want at least 55 characters");
  std::array<uint8_t, 1> version{};
  if (!ParseHex(traceparent.substr(0, 2), version)) return malformed("want a version in hex");
  if (version[0] == 0xFF) return malformed("version ff is forbidden");
  if (version[0] == 0 && traceparent.size() != kTraceParentSize) {
    return malformed("want 55 characters in version 00");
  }
  // Later versions may add fields, each behind a dash.
  if (traceparent.size() > kTraceParentSize && traceparent[kTraceParentSize] != '-') {
    return malformed("want a dash behind the flags");
  }
  for (const size_t at : {kTraceIdAt, kParentIdAt, kFlagsAt}) {
    if (traceparent[at - 1] != '-') return malformed("want version-traceid-parentid-flags");
  }
  TraceContext context;
  std::array<uint8_t, 1> flags{};
  if (!ParseHex(traceparent.substr(kTraceIdAt), context.trace_id_) ||
      !ParseHex(traceparent.substr(kParentIdAt), context.parent_id_) ||
      !ParseHex(traceparent.substr(kFlagsAt), flags)) {
    return malformed("want lower-case hex digits");
  }
  if (IsAllZero(context.trace_id_)) return malformed("want a trace id other than zero");
  if (IsAllZero(context.parent_id_)) return malformed("want a parent id other than zero");
  context.flags_ = version[0] == 0 ? flags[0] : flags[0] & kTraceSampled;
  return context;
}

std::string TraceContext::ToTraceParent() const {
  if (!IsValid()) return {};
  std::string header = "00-";
  header.reserve(kTraceParentSize);
  AppendHex(header, trace_id_);
  header += '-';
  AppendHex(header, parent_id_);
  header += '-';
  AppendHex(header, std::array<uint8_t, 1>{flags_});
  return header;
}

std::string TraceContext::TraceIdHex() const {
  std::string hex;
  AppendHex(hex, trace_id_);
  return hex;
}

std::string TraceContext::ParentIdHex() const {
  std::string hex;
  AppendHex(hex, parent_id_);
  return hex;
}

TraceContext TraceContext::Child(RandomBits random) const {
  TraceContext child = *this;
  if (!IsValid()) return child;
  FillRandom(child.parent_id_, random);
  child.flags_ &= kTraceSampled;
  return child;
}

absl::Status TraceContext::SetTraceState(std::string_view tracestate) {
  trace_state_.clear();
  std::vector<std::string_view> entries;
  std::string_view rest = tracestate;
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view entry = TrimSpace(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (entry.empty()) continue;  // Allowed, and not counted (section 3.3.1.1).
    if (const auto reason = RefuseEntry(entry, entries)) {
      return Malformed("tracestate", tracestate, *reason);
    }
    entries.push_back(entry);
  }
  Shorten(entries);
  for (const std::string_view entry : entries) {
    StrAppend(trace_state_, trace_state_.empty() ? "" : ",", entry);
  }
  return absl::OkStatus();
}

}  // namespace sampo

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/model/uri.h"

#include <algorithm>

#include "absl/status/status.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::http {
namespace {

constexpr std::string_view kSubDelims = "!$&'()*+,;=";
// What RFC 3986 doesn't have in a query and browsers send there as it was typed.
constexpr std::string_view kBrowsersInQuery = "[]{}|\\^`";

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUnreserved(char c) {
  return IsAlpha(c) || IsDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}
bool IsOneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool IsPathChar(char c) {
  return IsUnreserved(c) || IsOneOf(c, kSubDelims) || c == ':' || c == '@' || c == '/';
}
bool IsQueryChar(char c) { return IsPathChar(c) || c == '?' || IsOneOf(c, kBrowsersInQuery); }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

// -1: none.
int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte of the percent sequence at `at`; -1: it is none, or a NUL.
int PercentByte(std::string_view text, size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = HexValue(text[at + 1]);
  const int low = HexValue(text[at + 2]);
  if (high < 0 || low < 0 || high + low == 0) return -1;
  return high * 16 + low;
}

absl::Status BadUri(std::string_view what, size_t place) {
  return absl::InvalidArgumentError(StrCat("uri: ", what, " at byte ", place));
}

absl::Status BadPercent(size_t place) {
  return absl::InvalidArgumentError(
      StrCat("uri: no percent sequence (% and two hexadecimal digits, not %00) at byte ", place));
}

// All characters of `part` may be there, and its percent sequences are well formed. `offset`: of
// the part in the whole.
template <class IsAllowed>
absl::Status CheckChars(std::string_view part, size_t offset, std::string_view name,
                        IsAllowed is_allowed) {
  for (size_t at = 0; at < part.size(); ++at) {
    if (part[at] == '%') {
      if (PercentByte(part, at) < 0) return BadPercent(offset + at);
      at += 2;
    } else if (!is_allowed(part[at])) {
      return BadUri(StrCat("a character that may not be in a ", name, " as it is"), offset + at);
    }
  }
  return absl::OkStatus();
}

uint16_t DefaultPort(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws") return 80;
  if (scheme == "https" || scheme == "wss") return 443;
  return 0;
}

struct HostAndPort {
  std::string host;
  uint16_t port = 0;
};

absl::Status ParsePort(std::string_view digits, size_t offset, uint16_t& port) {
  if (digits.empty()) return absl::OkStatus();  // "host:" is the scheme's port
  uint32_t number = 0;
  for (size_t at = 0; at < digits.size(); ++at) {
    if (!IsDigit(digits[at])) return BadUri("a port that is no number", offset + at);
    number = number * 10 + static_cast<uint32_t>(digits[at] - '0');
    if (number > 65535) return BadUri("a port above 65535", offset);
  }
  if (number == 0) return BadUri("port 0, which nobody can listen at", offset);
  port = static_cast<uint16_t>(number);
  return absl::OkStatus();
}

// "host", "host:port", "[ipv6]:port". `port` is the scheme's before.
absl::StatusOr<HostAndPort> ParseAuthority(std::string_view text, size_t offset, uint16_t port) {
  HostAndPort authority{.host = {}, .port = port};
  if (IsOneOf('@', text)) return BadUri("user information (RFC 9110 forbids it)", offset);
  size_t end = 0;
  if (!text.empty() && text.front() == '[') {
    end = text.find(']');
    if (end == std::string_view::npos) return BadUri("[ without ]", offset);
    const std::string_view digits = text.substr(1, end - 1);
    const bool well_formed =
        digits.size() >= 2 && std::all_of(digits.begin(), digits.end(), [](char c) {
          return HexValue(c) >= 0 || c == ':' || c == '.';
        });
    if (!well_formed || !IsOneOf(':', digits)) return BadUri("no IPv6 address in []", offset + 1);
    authority.host = ToLower(digits);
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
    const std::string_view name = text.substr(0, end);
    const auto bad = std::find_if_not(
        name.begin(), name.end(), [](char c) { return IsUnreserved(c) || IsOneOf(c, kSubDelims); });
    if (bad != name.end()) {
      return BadUri("a character that may not be in a host",
                    offset + static_cast<size_t>(bad - name.begin()));
    }
    authority.host = ToLower(name);
  }
  if (authority.host.empty()) return BadUri("no host", offset);
  if (end == text.size()) return authority;
  if (text[end] != ':') return BadUri("something else than a port behind the host", offset + end);
  SAMPO_RETURN_IF_ERROR(ParsePort(text.substr(end + 1), offset + end + 1, authority.port));
  return authority;
}

bool IsScheme(std::string_view text) {
  return !text.empty() && IsAlpha(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return IsAlpha(c) || IsDigit(c) || c == '+' || c == '-' || c == '.';
         });
}

}  // namespace

absl::StatusOr<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '%') {
      const int byte = PercentByte(text, at);
      if (byte < 0) return BadPercent(at);
      decoded.push_back(static_cast<char>(byte));
      at += 2;
    } else if (c == '\0') {
      return BadUri("a NUL", at);
    } else {
      decoded.push_back(c == '+' && plus_is_space ? ' ' : c);
    }
  }
  return decoded;
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c)) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kDigits[byte >> 4]);
    encoded.push_back(kDigits[byte & 15]);
  }
  return encoded;
}

absl::StatusOr<Query> Query::Parse(std::string_view raw) {
  Query query;
  while (!raw.empty()) {
    const size_t end = std::min(raw.find('&'), raw.size());
    const std::string_view pair = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (pair.empty()) continue;
    if (query.pairs_.size() == static_cast<size_t>(kQueryPairsMax)) {
      return absl::InvalidArgumentError(
          StrCat("query: more than ", kQueryPairsMax, " pairs of name and value"));
    }
    const size_t equals = std::min(pair.find('='), pair.size());
    SAMPO_ASSIGN_OR_RETURN(std::string name, PercentDecode(pair.substr(0, equals), true));
    SAMPO_ASSIGN_OR_RETURN(std::string value,
                           PercentDecode(pair.substr(std::min(equals + 1, pair.size())), true));
    query.Add(std::move(name), std::move(value));
  }
  return query;
}

std::optional<std::string_view> Query::Get(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Query::GetAll(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : pairs_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

void Query::Add(std::string name, std::string value) {
  pairs_.emplace_back(std::move(name), std::move(value));
}

std::string Query::ToString() const {
  std::string text;
  for (const auto& [name, value] : pairs_) {
    if (!text.empty()) text.push_back('&');
    text.append(PercentEncode(name)).append("=").append(PercentEncode(value));
  }
  return text;
}

absl::StatusOr<Uri> Uri::Parse(std::string_view text) {
  if (text.size() > kUriMax) {
    return absl::InvalidArgumentError(
        StrCat("uri: ", text.size(), " bytes, more than the ", kUriMax, " that are taken"));
  }
  Uri uri;
  if (text == "*") {
    uri.path_ = "*";
    return uri;
  }
  std::string_view rest = text;
  const bool is_absolute = text.empty() || text.front() != '/';
  if (is_absolute) {
    const size_t colon = text.find("://");
    if (colon == std::string_view::npos || !IsScheme(text.substr(0, colon))) {
      return BadUri("neither scheme://host nor a path that begins with /", 0);
    }
    uri.scheme_ = ToLower(text.substr(0, colon));
    const size_t begin = colon + 3;
    const size_t end = std::min(text.find_first_of("/?#", begin), text.size());
    SAMPO_ASSIGN_OR_RETURN(HostAndPort authority, ParseAuthority(text.substr(begin, end - begin),
                                                                 begin, DefaultPort(uri.scheme_)));
    uri.host_ = std::move(authority.host);
    uri.port_ = authority.port;
    rest = text.substr(end);
  }
  const auto place = [&text](std::string_view part) {
    return static_cast<size_t>(part.data() - text.data());
  };
  const size_t hash = std::min(rest.find('#'), rest.size());
  const std::string_view fragment = rest.substr(hash);
  if (!fragment.empty()) {
    if (!is_absolute) return BadUri("a fragment, which a request's target hasn't", place(fragment));
    SAMPO_RETURN_IF_ERROR(
        CheckChars(fragment.substr(1), place(fragment) + 1, "fragment", IsQueryChar));
  }
  rest = rest.substr(0, hash);
  const size_t mark = std::min(rest.find('?'), rest.size());
  const std::string_view path = rest.substr(0, mark);
  SAMPO_RETURN_IF_ERROR(CheckChars(path, place(path), "path", IsPathChar));
  if (!path.empty()) uri.path_ = std::string(path);
  if (mark < rest.size()) {
    const std::string_view query = rest.substr(mark + 1);
    SAMPO_RETURN_IF_ERROR(CheckChars(query, place(query), "query", IsQueryChar));
    uri.raw_query_ = std::string(query);
  }
  return uri;
}

absl::StatusOr<std::vector<std::string>> Uri::PathSegments() const {
  std::vector<std::string> segments;
  std::string_view rest = path_;
  if (rest.empty() || rest.front() != '/') return segments;  // "*"
  for (;;) {
    rest.remove_prefix(1);
    const size_t end = std::min(rest.find('/'), rest.size());
    SAMPO_ASSIGN_OR_RETURN(std::string segment, PercentDecode(rest.substr(0, end)));
    segments.push_back(std::move(segment));
    if (end == rest.size()) return segments;
    rest.remove_prefix(end);
  }
}

std::string Uri::Target() const {
  return raw_query_.empty() ? path_ : StrCat(path_, "?", raw_query_);
}

std::string Uri::ToString() const {
  return scheme_.empty() ? Target() : StrCat(scheme_, "://", Authority(), Target());
}

std::string Uri::Authority() const {
  std::string text = host_.find(':') == std::string::npos ? host_ : StrCat("[", host_, "]");
  if (port_ != DefaultPort(scheme_)) text.append(StrCat(":", port_));
  return text;
}

Uri Uri::WithQuery(const Query& query) const {
  Uri uri = *this;
  uri.raw_query_ = query.ToString();
  return uri;
}

}  // namespace sampo::http

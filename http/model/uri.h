// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Uri: where a request goes (RFC 3986), parsed strictly: a character that may not be there, a bad
// percent sequence or a NUL is an error, not a guess. (One leniency: what browsers send in a query
// as it was typed, such as [ and |, may be there.) User information is refused; a fragment is
// checked and dropped.
//
// The path is kept as it came; PathSegments decodes. So "/a%2Fb" is one segment "a/b" and never
// two. Threads: a value and pure functions.
//
//   absl::StatusOr<Uri> uri = Uri::Parse("https://example.org:8443/a/b?x=1&x=2#part");
//   uri->query().Get("x");  // "1"
#ifndef SAMPO_HTTP_MODEL_URI_H_
#define SAMPO_HTTP_MODEL_URI_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace sampo::http {

// %41 -> A. INVALID_ARGUMENT for a bad sequence. `plus_is_space`: as in queries and forms.
absl::StatusOr<std::string> PercentDecode(std::string_view text, bool plus_is_space = false);
// All but the unreserved characters of RFC 3986 as %XX.
std::string PercentEncode(std::string_view text);

// The pairs of a query or of a form, decoded, in order.
class Query {
 public:
  Query() = default;
  // "a=1&b=&c": c's value is empty. At most kQueryPairsMax pairs.
  static absl::StatusOr<Query> Parse(std::string_view raw);

  // The first value of that name (with case).
  std::optional<std::string_view> Get(std::string_view name) const;
  std::vector<std::string_view> GetAll(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }
  void Add(std::string name, std::string value);
  // Encoded.
  std::string ToString() const;
  bool operator==(const Query&) const = default;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};
inline constexpr int kQueryPairsMax = 1000;

class Uri {
 public:
  Uri() = default;  // "/"
  // An absolute URI ("http://host/path") or a request's target in origin form ("/path?query") or
  // "*". At most kUriMax bytes. INVALID_ARGUMENT names the place.
  static absl::StatusOr<Uri> Parse(std::string_view text);

  const std::string& scheme() const { return scheme_; }  // "http", lower case; empty: none
  const std::string& host() const { return host_; }      // lower case; an IPv6 address without []
  uint16_t port() const { return port_; }                // as given or the scheme's; 0: none
  const std::string& path() const { return path_; }      // raw; "/" at least, but "*"
  const std::string& raw_query() const { return raw_query_; }  // without "?"
  // Parsed anew in each call. INVALID_ARGUMENT for a bad percent sequence.
  absl::StatusOr<Query> query() const { return Query::Parse(raw_query_); }
  // Between the slashes, decoded: "/a/b%2Fc/" -> {"a", "b/c", ""}.
  absl::StatusOr<std::vector<std::string>> PathSegments() const;
  // Path and query: what a request's first line has.
  std::string Target() const;
  std::string ToString() const;
  // "host", or "host:port" where it is not the scheme's: what a Host field has.
  std::string Authority() const;
  // The same with another query.
  Uri WithQuery(const Query& query) const;
  bool operator==(const Uri&) const = default;

 private:
  std::string scheme_;
  std::string host_;
  uint16_t port_ = 0;
  std::string path_ = "/";
  std::string raw_query_;
};
inline constexpr size_t kUriMax = 8192;

}  // namespace sampo::http

#endif  // SAMPO_HTTP_MODEL_URI_H_

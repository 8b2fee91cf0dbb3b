// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Accept: what a request's Accept and Accept-Encoding fields want, with their weights (RFC 9110
// section 12.5).
//
// A part that is not well formed is left out, as if it had not been sent; a field with nothing left
// accepts everything. At most kAcceptPartsMax parts are read.
// Threads: pure functions.
//
//   if (WeightOfCoding(request.headers, "gzip") > 0) ...
#ifndef SAMPO_HTTP_ROUTING_ACCEPT_H_
#define SAMPO_HTTP_ROUTING_ACCEPT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sampo/http/model/entity.h"
#include "sampo/http/model/headers.h"

namespace sampo::http {

inline constexpr size_t kAcceptPartsMax = 64;

struct WeightedToken {
  std::string token;    // lower case, without parameters
  int permille = 1000;  // q: 0 to 1000
};
// "text/html;q=0.8, */*;q=0.1", in the order of the field.
std::vector<WeightedToken> ParseWeighted(std::string_view field);

// How much `headers` want a body of `media_type` (lower case): 0 to 1000. The most specific range
// counts. 1000 without an Accept.
int WeightOfType(const Headers& headers, std::string_view media_type);
// What Accept-Encoding says of `coding` by its name; nothing where it is not named.
std::optional<int> NamedWeightOfCoding(const Headers& headers, std::string_view coding);
// How much `headers` want a coding, such as "gzip", by name or by "*": 0 to 1000. 0 without an
// Accept-Encoding; of "identity" 1000 where it is not named.
int WeightOfCoding(const Headers& headers, std::string_view coding);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_ACCEPT_H_

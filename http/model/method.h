// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Method: the request methods of HTTP that the server and the client know (RFC 9110 section 9, and
// PATCH of RFC 5789). A request with another one is answered 501 before any route sees it.
//
// Threads: values and pure functions.
//
//   if (request.method == Method::kGet) ...
//   StrCat(ToString(Method::kPut))  // "PUT"
#ifndef SAMPO_HTTP_MODEL_METHOD_H_
#define SAMPO_HTTP_MODEL_METHOD_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace sampo::http {

enum class Method : uint8_t { kGet, kHead, kPost, kPut, kDelete, kPatch, kOptions };

// "GET". Lives for ever.
std::string_view ToString(Method method);
// Methods are case-sensitive: "get" is none.
std::optional<Method> ParseMethod(std::string_view name);
// Whether doing it twice is the same as once (RFC 9110 section 9.2.2): what a client may send
// again.
bool IsIdempotent(Method method);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_MODEL_METHOD_H_

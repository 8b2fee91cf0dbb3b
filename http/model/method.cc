// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/model/method.h"

#include <array>
#include <cstddef>

namespace sampo::http {
namespace {

// In the order of Method.
constexpr std::array<std::string_view, 7> kNames = {"GET",    "HEAD",  "POST",   "PUT",
                                                    "DELETE", "PATCH", "OPTIONS"};

}  // namespace

std::string_view ToString(Method method) { return kNames[static_cast<size_t>(method)]; }

std::optional<Method> ParseMethod(std::string_view name) {
  for (size_t index = 0; index < kNames.size(); ++index) {
    if (kNames[index] == name) return static_cast<Method>(index);
  }
  return std::nullopt;
}

bool IsIdempotent(Method method) { return method != Method::kPost && method != Method::kPatch; }

}  // namespace sampo::http

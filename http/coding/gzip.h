// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Gzip of texts that are in memory, there and back, with a bound.
//
// Why: a small body needs no stream. Longer ones go through stream/io/compression.h.
// Threads: pure functions.
//
//   absl::StatusOr<std::string> text = GunzipText(body, 1 << 20);
#ifndef SAMPO_HTTP_CODING_GZIP_H_
#define SAMPO_HTTP_CODING_GZIP_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sampo::http {

// UNAVAILABLE where there is no memory for it.
absl::StatusOr<std::string> GzipText(std::string_view text);
// One or more members. RESOURCE_EXHAUSTED where it becomes more than `bytes_max` (not one byte more
// is made), DATA_LOSS where it is damaged or cut off, UNAVAILABLE where there is no memory for it.
absl::StatusOr<std::string> GunzipText(std::string_view gzip, uint64_t bytes_max);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_CODING_GZIP_H_

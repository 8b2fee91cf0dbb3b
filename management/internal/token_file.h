// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ReadTokenFile: the secret that clients of management have to send.
//
// Threads: any. It reads the file each time.
//
//   absl::StatusOr<std::string> token = ReadTokenFile("/etc/shop/management.token", log);
#ifndef SAMPO_MANAGEMENT_INTERNAL_TOKEN_FILE_H_
#define SAMPO_MANAGEMENT_INTERNAL_TOKEN_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "sampo/actor/base/log.h"

namespace sampo::internal {

// Bytes of the file. Chosen, not measured: what fits into a line of a request, twice.
inline constexpr size_t kTokenFileBytesMax = 4096;

// Its text without the white space around it. Warns where others than the owner may read it.
// UNAVAILABLE: it can't be read. INVALID_ARGUMENT: it is empty, too long, or holds what can't stand
// in a header.
absl::StatusOr<std::string> ReadTokenFile(const std::string& path, const Logger& log);

}  // namespace sampo::internal

#endif  // SAMPO_MANAGEMENT_INTERNAL_TOKEN_FILE_H_

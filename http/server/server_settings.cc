// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/server/server_settings.h"

#include <initializer_list>

#include "sampo/actor/base/str_cat.h"
#include "sampo/http/model/headers.h"

namespace sampo::http {
namespace {

struct Range {
  const char* name;
  uint64_t value;
  uint64_t min;
  uint64_t max;
};

// Far above what a machine bears; below what overflows.
constexpr uint64_t kMany = uint64_t{1} << 48;

absl::Status CheckRanges(std::initializer_list<Range> ranges) {
  for (const Range& range : ranges) {
    if (range.value >= range.min && range.value <= range.max) continue;
    return absl::InvalidArgumentError(StrCat("http server: ", range.name, " is ", range.value,
                                             "; allowed are ", range.min, " to ", range.max));
  }
  return absl::OkStatus();
}

struct Timeout {
  const char* name;
  absl::Duration value;
};

absl::Status CheckTimeouts(std::initializer_list<Timeout> timeouts) {
  for (const Timeout& timeout : timeouts) {
    if (timeout.value > absl::ZeroDuration()) continue;
    return absl::InvalidArgumentError(StrCat("http server: ", timeout.name, " is ",
                                             absl::FormatDuration(timeout.value),
                                             "; it must be positive"));
  }
  return absl::OkStatus();
}

uint64_t Number(int value) { return value < 0 ? 0 : static_cast<uint64_t>(value); }

}  // namespace

absl::Status ServerSettings::Validate() const {
  if (host.empty()) return absl::InvalidArgumentError("http server: host is empty");
  absl::Status status = CheckRanges({
      {"threads", Number(threads), 1, 256},
      {"backlog", Number(backlog), 1, 65'535},
      {"connections_max", Number(connections_max), 1, 10'000'000},
      {"limits.uri_bytes_max", limits.uri_bytes_max, 1, kUriMax},
      {"limits.header_count_max", Number(limits.header_count_max), 1, 10'000},
      {"limits.header_name_bytes_max", limits.header_name_bytes_max, 1, 65'536},
      {"limits.header_value_bytes_max", limits.header_value_bytes_max, 1, 1 << 20},
      {"limits.head_bytes_max", limits.head_bytes_max, 256, 16 << 20},
      {"limits.content_length_max", limits.content_length_max, 0, kMany},
      {"limits.chunk_bytes_max", limits.chunk_bytes_max, 1, kMany},
      {"limits.chunk_extension_bytes_max", limits.chunk_extension_bytes_max, 0, 65'536},
      {"strict_body_bytes_max", strict_body_bytes_max, 0, 1 << 30},
      {"write_buffer_bytes", write_buffer_bytes, 1, 1 << 30},
      {"linger_bytes_max", linger_bytes_max, 0, kMany},
  });
  if (!status.ok()) return status;
  status = CheckTimeouts({{"header_timeout", header_timeout},
                          {"body_timeout", body_timeout},
                          {"request_timeout", request_timeout},
                          {"idle_timeout", idle_timeout},
                          {"write_timeout", write_timeout},
                          {"linger_timeout", linger_timeout}});
  if (!status.ok()) return status;
  if (shutdown_deadline < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(StrCat("http server: shutdown_deadline is ",
                                             absl::FormatDuration(shutdown_deadline),
                                             "; it must not be negative"));
  }
  if (!IsFieldValue(server_name)) {
    return absl::InvalidArgumentError("http server: server_name has a control character");
  }
  if (tls && (tls->certificate_chain_file.empty() || tls->private_key_file.empty())) {
    return absl::InvalidArgumentError(
        "http server: tls needs both certificate_chain_file and private_key_file");
  }
  return absl::OkStatus();
}

}  // namespace sampo::http

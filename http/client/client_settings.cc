// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/client/client_settings.h"

#include <string_view>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/model/headers.h"

namespace sampo::http {
namespace {

absl::Status Between(std::string_view name, uint64_t value, uint64_t least, uint64_t most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat("http client: ", name, " is ", value, ", want ", least, " to ", most));
}

absl::Status Positive(std::string_view name, absl::Duration value) {
  if (value > absl::ZeroDuration()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat("http client: ", name, " is ", absl::FormatDuration(value), ", want more than 0"));
}

// A negative number becomes a large one, which is refused.
uint64_t Count(int value) { return static_cast<uint64_t>(static_cast<int64_t>(value)); }

}  // namespace

absl::Status ClientSettings::Validate() const {
  SAMPO_RETURN_IF_ERROR(Between("connections_max", Count(connections_max), 1, 1024));
  SAMPO_RETURN_IF_ERROR(Between("open_requests_max", Count(open_requests_max), 1, 1 << 20));
  SAMPO_RETURN_IF_ERROR(Between("pools_max", Count(pools_max), 1, 1 << 16));
  SAMPO_RETURN_IF_ERROR(Positive("keep_alive_timeout", keep_alive_timeout));
  SAMPO_RETURN_IF_ERROR(Positive("connect_timeout", connect_timeout));
  SAMPO_RETURN_IF_ERROR(Positive("request_timeout", request_timeout));
  SAMPO_RETURN_IF_ERROR(Positive("idle_timeout", idle_timeout));
  SAMPO_RETURN_IF_ERROR(Positive("subscription_timeout", subscription_timeout));
  SAMPO_RETURN_IF_ERROR(Between("attempts_max", Count(attempts_max), 1, 100));
  SAMPO_RETURN_IF_ERROR(ValidateBackoff(backoff));
  SAMPO_RETURN_IF_ERROR(Between("head_bytes_max", head_bytes_max, 256, 16 << 20));
  SAMPO_RETURN_IF_ERROR(Between("header_count_max", Count(header_count_max), 1, 10'000));
  SAMPO_RETURN_IF_ERROR(Between("small_body_bytes_max", small_body_bytes_max, 0, 64 << 20));
  SAMPO_RETURN_IF_ERROR(Between("strict_body_bytes_max", strict_body_bytes_max, 0, 1u << 31));
  SAMPO_RETURN_IF_ERROR(Between("read_bytes_max", read_bytes_max, 512, 16 << 20));
  if (retry_after_max < absl::ZeroDuration()) {
    return absl::InvalidArgumentError("http client: retry_after_max is below 0");
  }
  if (!IsFieldValue(user_agent)) {
    return absl::InvalidArgumentError("http client: user_agent has a control character");
  }
  return absl::OkStatus();
}

}  // namespace sampo::http

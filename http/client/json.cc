// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/client/json.h"

#include "absl/status/status.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::http::internal {

absl::StatusOr<std::string_view> JsonTextOf(const HttpResponse& response) {
  SAMPO_RETURN_IF_ERROR(StatusOfResponse(response));
  const std::string_view type = response.entity.content_type().media_type();
  if (type != "application/json" && !type.ends_with("+json")) {
    return absl::DataLossError(StrCat("http client: the body is ",
                                      type.empty() ? "of no type" : type,
                                      ", where application/json was wanted"));
  }
  return response.entity.bytes().view();
}

absl::Status NotTheJson(const absl::Status& status) {
  return absl::DataLossError(
      StrCat("http client: the body is not the JSON that was wanted: ", ToStd(status.message())));
}

}  // namespace sampo::http::internal

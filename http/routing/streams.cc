// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/streams.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "sampo/http/routing/entity_directives.h"

namespace sampo::http::internal {

stream::Source<Bytes> BoundedBytes(const RequestContext& context) {
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  const auto max = static_cast<int64_t>(std::min(context.content_bytes_max(), kMax));
  return DataBytes(context.request().entity)
      .LimitWeighted(max, [](const Bytes& bytes) { return static_cast<int64_t>(bytes.size()); })
      .MapError([limit = context.body_limit()](const absl::Status& status) {
        return BodyError(status, limit);
      });
}

}  // namespace sampo::http::internal

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/query/event_decoder.h"

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::internal {

absl::Status WithPlace(const absl::Status& status, const EventEnvelope& envelope) {
  return absl::Status(status.code(), StrCat("event ", envelope.seq, " of ", envelope.persistence_id,
                                            ": ", ToStd(status.message())));
}

}  // namespace sampo::persistence::internal

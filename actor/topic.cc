// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/topic.h"

#include "sampo/actor/internal/turn.h"

namespace sampo::internal {

void PublishDroppedBy(ContextBase& context, Envelope* message, const char* reason) {
  PublishDropped(context.cell(), message, reason);
}

}  // namespace sampo::internal

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/routers.h"

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/internal/actor_cell.h"

namespace sampo::internal {

void PublishCurrentAsDropped(ContextBase& context, const char* reason) {
  context.System().PublishDropped(context.cell(), context.current_envelope(), reason);
}

void NoteRouteeEnded(ContextBase& context, const AnyActorRef& routee, size_t left) {
  if (left == 0) {
    context.Log().Info("the last routee ", routee.path(), " has ended: stopping");
  } else {
    context.Log().Debug("routee ", routee.path(), " has ended, ", left, " left");
  }
}

}  // namespace sampo::internal

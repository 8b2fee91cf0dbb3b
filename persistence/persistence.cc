// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/persistence.h"

#include <utility>

#include "sampo/actor/base/check.h"

namespace sampo::persistence {

Persistence::Persistence(ActorSystemBase&)
    : permits_(PersistenceSettings{}.concurrent_recoveries_max) {}

void Persistence::Use(StoragePlugins plugins, PersistenceSettings settings) {
  {
    const std::lock_guard lock(mutex_);
    SAMPO_CHECK(!used_, "Persistence::Use was called before for this system");
    used_ = true;
    plugins_ = std::move(plugins);
  }
  permits_.SetMax(settings.concurrent_recoveries_max);
}

StoragePlugins Persistence::plugins() const {
  const std::lock_guard lock(mutex_);
  return plugins_;
}

}  // namespace sampo::persistence

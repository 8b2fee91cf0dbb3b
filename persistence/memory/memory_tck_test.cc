// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <memory>

#include "sampo/persistence/memory/in_memory_storage.h"
#include "sampo/persistence/tck/storage_tck.h"

namespace sampo::persistence {
namespace {

class MemoryUnderTest final : public tck::StorageUnderTest {
 public:
  explicit MemoryUnderTest(InMemoryOptions options) : options_(options) {}
  absl::StatusOr<StoragePlugins> Open(ActorSystemBase& system) override {
    return storage_.PluginsFor(system, options_);
  }
  std::optional<absl::StatusOr<StoragePlugins>> OpenBounded(ActorSystemBase& system,
                                                            int64_t queue_max) override {
    if (options_.at_once) return std::nullopt;
    return storage_.PluginsFor(system, {.queue_max = queue_max});
  }

 private:
  const InMemoryOptions options_;
  InMemoryStorage storage_;
};

std::unique_ptr<tck::StorageUnderTest> Queued() {
  return std::make_unique<MemoryUnderTest>(InMemoryOptions{});
}
std::unique_ptr<tck::StorageUnderTest> AtOnce() {
  return std::make_unique<MemoryUnderTest>(InMemoryOptions{.at_once = true});
}

}  // namespace
}  // namespace sampo::persistence

SAMPO_STORAGE_TCK(Memory, sampo::persistence::Queued, {.seeds = 20});
SAMPO_STORAGE_TCK(MemoryAtOnce, sampo::persistence::AtOnce, {.seeds = 1});

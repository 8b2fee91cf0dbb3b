// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StreamRegistry: the streams of a system that run, so that a report can name them.
//
// Threads: any. Lifetime: an extension of the system.
#ifndef SAMPO_STREAM_INTERNAL_STREAM_REGISTRY_H_
#define SAMPO_STREAM_INTERNAL_STREAM_REGISTRY_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "sampo/actor/extension.h"
#include "sampo/stream/detail/ref_counted.h"

namespace sampo::stream::internal {

class StreamRun;

class IslandSpawner;

// The list itself: outlives the system where a stream's callbacks do.
class RunList {
 public:
  // A new number, from 1 on.
  uint64_t NextId();
  // `run` is made: others may look at it from now on.
  void Add(StreamRun* run);
  void Remove(StreamRun* run);
  // In the order of their numbers.
  std::vector<Ref<StreamRun>> All();
  size_t count();

 private:
  std::mutex mutex_;
  std::vector<StreamRun*> runs_;  // as many as run
  uint64_t last_id_ = 0;
};

class StreamRegistry final : public Extension {
 public:
  explicit StreamRegistry(ActorSystemBase& system);
  static StreamRegistry& Get(ActorSystemBase& system) {
    return GetExtension<StreamRegistry>(system);
  }

  const std::shared_ptr<RunList>& runs() const { return runs_; }
  const std::shared_ptr<IslandSpawner>& spawner() const { return spawner_; }

 private:
  const std::shared_ptr<RunList> runs_ = std::make_shared<RunList>();
  const std::shared_ptr<IslandSpawner> spawner_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_INTERNAL_STREAM_REGISTRY_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/materializer.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/behaviors.h"
#include "sampo/actor/receive.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/internal/stream_registry.h"

namespace sampo::stream::internal {
namespace {

Props PropsOf(const Island& island) {
  return Props().OnDispatcher(island.attributes().dispatcher());
}

class SystemSpawner final : public IslandSpawner {
 public:
  explicit SystemSpawner(ActorSystemBase& system) : system_(system) {}
  absl::Status Spawn(const Ref<Island>& island) override {
    return system_.TrySpawn(island->MakeBehavior(), {}, PropsOf(*island)).status();
  }

 private:
  ActorSystemBase& system_;
};

class ChildSpawner final : public IslandSpawner {
 public:
  explicit ChildSpawner(ActorRef<SpawnIsland> parent) : parent_(std::move(parent)) {}
  absl::Status Spawn(const Ref<Island>& island) override {
    parent_.Tell(SpawnIsland{std::make_shared<StartGuard>(island)});
    return absl::OkStatus();
  }

 private:
  const ActorRef<SpawnIsland> parent_;
};

}  // namespace

std::shared_ptr<IslandSpawner> MakeSystemSpawner(ActorSystemBase& system) {
  return StreamRegistry::Get(system).spawner();
}

StreamRegistry::StreamRegistry(ActorSystemBase& system)
    : spawner_(std::make_shared<SystemSpawner>(system)) {}

std::shared_ptr<IslandSpawner> MakeChildSpawner(ActorRef<SpawnIsland> parent) {
  return std::make_shared<ChildSpawner>(std::move(parent));
}

Behavior<SpawnIsland> IslandParent() {
  return Setup<SpawnIsland>([](ActorContext<SpawnIsland>& context) {
    return Receive<SpawnIsland>([&context](const SpawnIsland& spawn) {
      // The behavior has a guard of its own; that of the message would end what has not begun.
      const Ref<Island> island = spawn.island->Release();
      context.SpawnAnonymous(island->MakeBehavior(), PropsOf(*island));
      return Same();
    });
  });
}

uint64_t RunList::NextId() {
  std::lock_guard guard(mutex_);
  return ++last_id_;
}

void RunList::Add(StreamRun* run) {
  std::lock_guard guard(mutex_);
  runs_.push_back(run);
}

void RunList::Remove(StreamRun* run) {
  std::lock_guard guard(mutex_);
  // The youngest are the likeliest to end.
  auto found = std::find(runs_.rbegin(), runs_.rend(), run);
  if (found != runs_.rend()) runs_.erase(std::next(found).base());
}

std::vector<Ref<StreamRun>> RunList::All() {
  std::vector<Ref<StreamRun>> all;
  {
    std::lock_guard guard(mutex_);
    for (StreamRun* run : runs_) {
      if (run->TryAddRef()) all.push_back(Ref<StreamRun>::Adopt(run));
    }
  }
  // Two that start at once may be added in the other order.
  std::sort(all.begin(), all.end(),
            [](const Ref<StreamRun>& a, const Ref<StreamRun>& b) { return a->id() < b->id(); });
  return all;
}

size_t RunList::count() {
  std::lock_guard guard(mutex_);
  return runs_.size();
}

}  // namespace sampo::stream::internal

namespace sampo::stream {

Materializer::Materializer(ActorSystemBase& system, Attributes attributes)
    : Materializer(system, std::move(attributes), internal::MakeSystemSpawner(system)) {}
Materializer::Materializer(ActorSystemBase& system, Attributes attributes,
                           std::shared_ptr<internal::IslandSpawner> spawner)
    : system_(&system), attributes_(std::move(attributes)), spawner_(std::move(spawner)) {}
Materializer::Materializer(const Materializer& other) = default;
Materializer::Materializer(Materializer&& other) noexcept = default;
Materializer& Materializer::operator=(const Materializer& other) = default;
Materializer& Materializer::operator=(Materializer&& other) noexcept = default;
Materializer::~Materializer() = default;

Materializer Materializer::WithAttributes(const Attributes& attributes) const {
  return Materializer(*system_, attributes_.Overlay(attributes), spawner_);
}

}  // namespace sampo::stream

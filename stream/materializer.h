// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Materializer: where streams are run: which actors become their islands, with which settings.
//
// One made of a system: streams are actors of their own below /user, and end with the system. One
// made of an actor's context: they also end with that actor. What is cut off that way fails with
// AbruptTermination.
// Threads: a value, used from any thread. Lifetime: not beyond its system's.
//
//   Source<int>::Range(1, 10).RunWith(Sink<int>::Foreach(Print), system);   // converts
//   Materializer mine = Materializer::ForActor(context);
#ifndef SAMPO_STREAM_MATERIALIZER_H_
#define SAMPO_STREAM_MATERIALIZER_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/actor_system.h"
#include "sampo/stream/attributes.h"
#include "sampo/stream/detail/ref_counted.h"

namespace sampo::stream {

namespace internal {

class Island;
class StartGuard;

// Starts the actors of islands.
class IslandSpawner {
 public:
  virtual ~IslandSpawner() = default;
  // From any thread. Not OK: the island was not started.
  virtual absl::Status Spawn(const Ref<Island>& island) = 0;
};

std::shared_ptr<IslandSpawner> MakeSystemSpawner(ActorSystemBase& system);
// The message to the actor behind Materializer::ForActor.
struct SpawnIsland {
  static constexpr std::string_view kMessageName = "stream.spawn";
  static constexpr bool kSuppressDeadLetter = true;  // what the stream promised says it
  std::shared_ptr<StartGuard> island;
};
Behavior<SpawnIsland> IslandParent();
std::shared_ptr<IslandSpawner> MakeChildSpawner(ActorRef<SpawnIsland> parent);

}  // namespace internal

class Materializer {
 public:
  // `attributes` are the outermost ones of all its streams.
  Materializer(ActorSystemBase& system, Attributes attributes = {});  // NOLINT: implicit on purpose
  Materializer(const Materializer& other);
  Materializer(Materializer&& other) noexcept;
  Materializer& operator=(const Materializer& other);
  Materializer& operator=(Materializer&& other) noexcept;
  ~Materializer();

  // Streams that end with the actor of `context`. On that actor's turn.
  template <class C>
  static Materializer ForActor(ActorContext<C>& context, Attributes attributes = {}) {
    return Materializer(
        context.System(), std::move(attributes),
        internal::MakeChildSpawner(context.SpawnAnonymous(internal::IslandParent())));
  }

  ActorSystemBase& system() const { return *system_; }
  const Attributes& attributes() const { return attributes_; }
  Materializer WithAttributes(const Attributes& attributes) const;

  // --- for the library ---
  internal::IslandSpawner& spawner() const { return *spawner_; }

 private:
  Materializer(ActorSystemBase& system, Attributes attributes,
               std::shared_ptr<internal::IslandSpawner> spawner);

  ActorSystemBase* system_;
  Attributes attributes_;
  std::shared_ptr<internal::IslandSpawner> spawner_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_MATERIALIZER_H_

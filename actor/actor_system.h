// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorSystem<C>: a tree of actors with the threads, timers, logs and services they share. Its user
// guardian is an actor of protocol C, and the system's own ref is the guardian's.
//
// Threads: all methods from any thread. Lifetime: the destructor terminates the system and waits,
// at most for SystemSettings::shutdown_timeout; refs may be used, and Told, long after that.
//
//   ActorSystem<Command> system(Guardian(), "shop");
//   system.Tell(Start{});
//   system.Terminate();
//   system.AwaitTermination(absl::Seconds(10));
#ifndef SAMPO_ACTOR_ACTOR_SYSTEM_H_
#define SAMPO_ACTOR_ACTOR_SYSTEM_H_

#include <memory>
#include <string>
#include <string_view>
#include <typeindex>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/actor_runtime.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/dispatch/timer_service.h"
#include "sampo/actor/future.h"
#include "sampo/actor/props.h"
#include "sampo/actor/system_settings.h"

namespace sampo {

class EventStream;
class LoggerRegistry;
class MetricsRegistry;
class Logger;

namespace internal {
struct SystemCore;
struct RootCell;
class AskFutureBase;

// Starts a system with its guardian. Ends it: terminates, waits, and says what it waited for.
SystemCore* StartSystem(std::string_view name, SystemSettings settings, ActorRuntime runtime,
                        BodyFactory body, Word guardian);
void EndSystem(SystemCore* core);

// One of each type of service, made on first use; see extension.h.
class ExtensionBase {
 public:
  virtual ~ExtensionBase() = default;
};
}  // namespace internal

// The untyped part, a handle: what ActorContext::System() gives.
class ActorSystemBase {
 public:
  ActorSystemBase(const ActorSystemBase&) = delete;
  ActorSystemBase& operator=(const ActorSystemBase&) = delete;

  const std::string& name() const;
  const SystemSettings& settings() const;
  const Clock& clock() const;
  EventStream& event_stream() const;
  LoggerRegistry& loggers() const;
  MetricsRegistry& metrics() const;

  // Stops the user guardian and with it all actors, then the system's own. Returns at once; the
  // first reason wins, later calls change nothing.
  void Terminate();
  // Completes when every actor has ended. It does not wait for threads; the destructor does.
  Future<void> WhenTerminated() const;
  // Blocks until then. DEADLINE_EXCEEDED names the actors it waits for and what they do.
  absl::Status AwaitTermination(absl::Duration timeout) const;

  // Messages that reached nobody since the start.
  uint64_t dead_letter_count() const;

  // A new top-level actor below /user, from any thread. Fails as ActorContext::TrySpawn does; Spawn
  // gives a ref to an actor that has ended where TrySpawn gives a status, and logs it.
  template <class C>
  absl::StatusOr<ActorRef<C>> TrySpawn(Behavior<C> behavior, std::string_view name,
                                       const Props& props = {});
  template <class C>
  ActorRef<C> Spawn(Behavior<C> behavior, std::string_view name, const Props& props = {});
  template <class C>
  ActorRef<C> SpawnAnonymous(Behavior<C> behavior, const Props& props = {});
  // The same below /system: for services of the library, on the internal dispatcher.
  template <class C>
  absl::StatusOr<ActorRef<C>> SpawnSystemActor(Behavior<C> behavior, std::string_view name);

  // --- for the library ---
  TimerService& timers() const;
  internal::RootCell* root() const;
  internal::ActorCell* user_guardian() const;
  Dispatcher* DispatcherFor(const Props& props, Dispatcher* parent);
  void PublishDeadLetter(RefTarget* target, Envelope* envelope, const char* reason);
  void PublishDropped(RefTarget* target, Envelope* envelope, const char* reason);
  void PublishUnhandled(RefTarget* target, Envelope* envelope);
  void NoteFailure(internal::ContextBase& context, const Failure& failure, const char* decision);
  void OnRootEnded();
  // The extension registered under `key`; made by `make` where there is none.
  internal::ExtensionBase* Extension(std::type_index key,
                                     internal::ExtensionBase* (*make)(ActorSystemBase&));
  // A random number in the sequence of the system's seed. Thread-safe.
  uint64_t NextRandom();
  internal::SystemCore& core() const { return *core_; }

  // Asks from outside actors that wait; completed with CANCELLED when the system ends.
  void LinkAsk(internal::AskFutureBase* ask);
  void UnlinkAsk(internal::AskFutureBase* ask);

 protected:
  friend struct internal::SystemCore;
  explicit ActorSystemBase(internal::SystemCore* core) : core_(core) {}
  ~ActorSystemBase() = default;
  RefTarget* guardian_target() const;

 private:
  absl::StatusOr<RefTarget*> SpawnTopLevel(internal::BodyFactory factory, internal::Word behavior,
                                           std::string_view name, const Props& props,
                                           bool below_system);
  RefTarget* SpawnTopLevelOrEnded(internal::BodyFactory factory, internal::Word behavior,
                                  std::string_view name, const Props& props);

  internal::SystemCore* const core_;
};

template <class C>
class ActorSystem final : public ActorSystemBase {
 public:
  // Starts the guardian. `name`: letters, digits, '-' and '_'.
  ActorSystem(Behavior<C> guardian, std::string_view name, SystemSettings settings = {})
      : ActorSystem(std::move(guardian), name, std::move(settings), DefaultRuntime()) {}
  // On another runtime: a simulation, manual time. See testkit.
  ActorSystem(Behavior<C> guardian, std::string_view name, SystemSettings settings,
              ActorRuntime runtime);
  ~ActorSystem() { internal::EndSystem(&core()); }

  // Tells the guardian.
  template <class M>
  void Tell(M&& message) const {
    guardian().Tell(std::forward<M>(message));
  }
  ActorRef<C> guardian() const { return internal::RefAccess::Share<C>(guardian_target()); }
  operator ActorRef<C>() const { return guardian(); }  // NOLINT: the system is its guardian

 private:
  static ActorRuntime DefaultRuntime();
};

}  // namespace sampo

#include "sampo/actor/detail/actor_system_inl.h"

#endif  // SAMPO_ACTOR_ACTOR_SYSTEM_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The part of the EventSourcedBehaviorTestKit that does not know the behavior's types: simulation,
// system, storage, and what became of the one actor.
#ifndef SAMPO_PERSISTENCE_TESTKIT_DETAIL_TEST_KIT_BASE_H_
#define SAMPO_PERSISTENCE_TESTKIT_DETAIL_TEST_KIT_BASE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/serialization/codec_context.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/test_location.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/persistence.h"
#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence {

struct EventSourcedTestKitOptions {
  uint64_t seed = 1;  // of the simulation
  // What goes through its bytes and back after each command.
  bool verify_commands = true;  // where Command has a ProtoCodec
  bool verify_events = true;
  bool verify_state = true;    // where State has a ProtoCodec or an adapter
  bool verify_replies = true;  // where Reply has a ProtoCodec
  // Whether the event handler gives the same state twice.
  bool verify_event_handler = true;
  // Puts something around the storage in memory: a PersistenceTestKit, which fails, rejects,
  // delays.
  std::function<StoragePlugins(ActorSystemBase&, StoragePlugins)> storage = {};
};

namespace internal {

class EventSourcedTestKitBase {
 public:
  using Where = TestLocation;
  // A command, a start or an end takes so much virtual time at most. Chosen, not measured.
  static constexpr absl::Duration kTimeout = absl::Seconds(30);

  EventSourcedTestKitBase(const EventSourcedTestKitBase&) = delete;
  EventSourcedTestKitBase& operator=(const EventSourcedTestKitBase&) = delete;

  // The simulated system in which the behavior runs; for probes and other actors.
  ActorSystemBase& system() const;
  // False when the actor has stopped or failed for good. Restart starts it again.
  bool IsAlive() const;
  // Moves the time: timers of the behavior that are due are handled.
  void TimePasses(absl::Duration duration, Where where = Where::current());

 protected:
  EventSourcedTestKitBase(const EventSourcedTestKitOptions& options);
  ~EventSourcedTestKitBase();

  const EventSourcedTestKitOptions& options() const;
  ActorTestKit& kit() const;
  // A failure of the test at `where`.
  static void Report(Where where, std::string_view text);

  // An actor begins to live, at this path; empty: not known yet.
  void NoteStart(const std::string& path);
  // The last failure since the last call; OK: none.
  absl::Status TakeFailure();
  void Stop(const AnyActorRef& ref, Where where);
  // Runs until nobody has anything to do, and, if need be, lets time pass until `done`.
  void RunUntil(const std::function<bool()>& done, std::string_view what, Where where);
  // Refs in messages that are verified become names in here.
  RefResolver& refs() const;

  // --- the storage ---
  void ClearStorage();
  // Stored events behind `after_seq`.
  std::vector<StoredEvent> ReadEvents(const std::string& persistence_id, int64_t after_seq,
                                      Where where);
  // As if an actor had written it.
  absl::Status Store(const std::string& persistence_id, std::vector<EventRecord> events,
                     std::optional<SnapshotRecord> snapshot);

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace internal
}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_TESTKIT_DETAIL_TEST_KIT_BASE_H_

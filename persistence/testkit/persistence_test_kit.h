// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PersistenceTestKit: a storage that does what a test says: fails, rejects, has no room, is slow;
// and shows what was stored.
//
// Why: what an actor does when its journal fails is rarely seen before the night it happens. The
// kit stands around any plugins (its own storage in memory, where none are given): calls that the
// test has not named pass through. Works on real threads, with ManualTime and in a
// SimulatedRuntime: delays are the system's time, and waiting runs the simulation.
//
// Faults are used up in the order they were set, one for each call they fit: the first one of its
// kind of call that names the call's id, or none. A delay and a failure may meet in one call. An
// append of several ids loses those that are named, the others are stored. A delayed append may be
// overtaken by a later one, which is then fenced if it is of the same id.
// Threads: FailNext and its kin from any; what waits, the test's. Lifetime: the plugins may outlive
// the kit, and go on without faults to come. Bounds: what was stored is kept until Clear.
//
//   PersistenceTestKit storage(kit.system());
//   Persistence::Get(kit.system()).Use(storage.plugins());
//   storage.FailNext(StorageCall::kAppend, 2, "Cart|7");
//   cart.Tell(AddItem{"apple", ...});
//   storage.ExpectNextPersisted<Event>("Cart|7", ItemAdded{"apple"});
#ifndef SAMPO_PERSISTENCE_TESTKIT_PERSISTENCE_TEST_KIT_H_
#define SAMPO_PERSISTENCE_TESTKIT_PERSISTENCE_TEST_KIT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/testkit/test_location.h"
#include "sampo/persistence/event_adapter.h"
#include "sampo/persistence/memory/in_memory_storage.h"
#include "sampo/persistence/persistence.h"

namespace sampo::persistence {

// The calls of the SPI that a fault may be set for.
enum class StorageCall : uint8_t {
  kAcquireWriter,  // of a journal; the start of each event-sourced actor
  kAppend,
  kReadEvents,  // a page
  kDeleteEvents,
  kLoadSnapshot,
  kSaveSnapshot,
  kDeleteSnapshots,
  kAcquireState,  // of a state store; the start of each durable-state actor
  kUpsertState,
  kDeleteState,
};

// Something that was stored through the kit.
struct StoredRecord {
  std::string persistence_id;
  int64_t number = 0;  // sequence number of an event or a snapshot, revision of a state
  std::string manifest;
  uint32_t version = 1;
  std::string payload;
};

class PersistenceTestKit {
 public:
  using Where = TestLocation;
  static constexpr absl::Duration kWait = absl::Seconds(3);  // as in Pekko

  // Around an InMemoryStorage of its own.
  explicit PersistenceTestKit(ActorSystemBase& system);
  // Around others; a null member stays null.
  PersistenceTestKit(ActorSystemBase& system, StoragePlugins plugins);
  // Around a storage that another system of the test has written.
  PersistenceTestKit(ActorSystemBase& system, InMemoryStorage storage);
  ~PersistenceTestKit();

  // What the system is to use.
  StoragePlugins plugins() const;
  // The storage in memory, to damage or to share. Precondition: it is not around others.
  const InMemoryStorage& storage() const;

  // --- The next `count` of these calls, of `id` or of all ---

  // Fails with UNAVAILABLE or `status`. An append, save or upsert is kFailed and was not stored,
  // which the actor cannot know.
  void FailNext(StorageCall call, int count = 1, std::string_view id = {});
  void FailNextWith(absl::Status status, StorageCall call, int count = 1, std::string_view id = {});
  // Is stored, but answered as FailNext does. For writes.
  void StoreAndFailNext(StorageCall call, int count = 1, std::string_view id = {});
  // kRejected with INVALID_ARGUMENT. For appends, saves and upserts.
  void RejectNext(StorageCall call, int count = 1, std::string_view id = {});
  // kNoRoom with RESOURCE_EXHAUSTED; a read fails with that.
  void NoRoomNext(StorageCall call, int count = 1, std::string_view id = {});
  // Is passed on after `delay` of the system's time.
  void DelayNext(StorageCall call, absl::Duration delay, int count = 1, std::string_view id = {});
  // Faults that no call has met yet.
  int faults_left() const;
  void ClearFaults();
  // Faults, what was stored through the kit, and its storage in memory: living writers are fenced.
  void Clear();

  // --- What was stored ---

  // All events of `id` that are in the journal now. A read that fails is a failure of the test.
  std::vector<StoredEvent> EventsInStorage(std::string_view id, Where where = Where::current());
  template <class Event>
  std::vector<Event> PersistedInStorage(std::string_view id,
                                        const EventAdapter<Event>& adapter = {},
                                        Where where = Where::current()) {
    std::vector<Event> events;
    for (const StoredEvent& event : EventsInStorage(id, where)) {
      Report(where, FormOf(adapter)->Decode(event.manifest, event.version, event.payload, events));
    }
    return events;
  }

  // Waits for the next event of `id` that is stored through the kit, in order, each once; it must
  // be `want`. For an adapter that makes several events of one, or none: EventsInStorage.
  template <class Event>
  void ExpectNextPersisted(std::string_view id, const Event& want,
                           const EventAdapter<Event>& adapter = {},
                           Where where = Where::current()) {
    Compare(where, NextEvent(id), want, adapter);
  }
  // The same for snapshots and for durable states.
  template <class State>
  void ExpectNextSnapshot(std::string_view id, const State& want,
                          const SnapshotAdapter<State>& adapter = {},
                          Where where = Where::current()) {
    Compare(where, NextSnapshot(id), want, adapter);
  }
  template <class State>
  void ExpectNextState(std::string_view id, const State& want,
                       const SnapshotAdapter<State>& adapter = {}, Where where = Where::current()) {
    Compare(where, NextState(id), want, adapter);
  }
  // Nothing more of `id` was stored, nor is within `time`.
  void ExpectNothingPersisted(std::string_view id, absl::Duration time = absl::Milliseconds(100),
                              Where where = Where::current());

  // As bytes. DEADLINE_EXCEEDED: nothing came.
  absl::StatusOr<StoredRecord> NextEvent(std::string_view id, absl::Duration timeout = kWait);
  absl::StatusOr<StoredRecord> NextSnapshot(std::string_view id, absl::Duration timeout = kWait);
  absl::StatusOr<StoredRecord> NextState(std::string_view id, absl::Duration timeout = kWait);

  struct Core;  // for the .cc files

 private:
  template <class V>
  static auto FormOf(const internal::Adapter<V>& adapter) {
    return internal::AdapterAccess::FormOf(adapter);
  }
  template <class V>
  static void Compare(Where where, const absl::StatusOr<StoredRecord>& got, const V& want,
                      const internal::Adapter<V>& adapter) {
    if (!got.ok()) return Report(where, got.status());
    std::vector<V> values;
    Report(where, FormOf(adapter)->Decode(got->manifest, got->version, got->payload, values));
    if (values.size() != 1 || !(values.front() == want)) ReportOther(where, *got);
  }
  // A failure of the test there, unless it is OK.
  static void Report(Where where, const absl::Status& status);
  static void ReportOther(Where where, const StoredRecord& got);

  const std::shared_ptr<Core> core_;
  StoragePlugins right_;
  StoragePlugins plugins_;
  const std::optional<InMemoryStorage> storage_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_TESTKIT_PERSISTENCE_TEST_KIT_H_

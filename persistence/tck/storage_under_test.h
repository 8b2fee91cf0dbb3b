// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StorageUnderTest: what a plugin gives its TCK. Subject: what a rule does with it.
//
// Why: a rule wants an empty storage, plugins on it, and the same storage again after its system
// has ended; where the system runs (threads or a simulation) is not its business.
// Threads: the test's. Lifetime: a Subject ends its system; the storage is made anew for each rule.
//
//   struct MyStorage final : tck::StorageUnderTest {
//     absl::StatusOr<StoragePlugins> Open(ActorSystemBase& system) override { ... }
//   };
#ifndef SAMPO_PERSISTENCE_TCK_STORAGE_UNDER_TEST_H_
#define SAMPO_PERSISTENCE_TCK_STORAGE_UNDER_TEST_H_

#include <cstdint>
#include <functional>
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
#include "sampo/actor/future.h"
#include "sampo/persistence/persistence.h"

namespace sampo {
class ActorTestKit;
class SimulatedRuntime;
}  // namespace sampo

namespace sampo::persistence::tck {

// One storage, empty when it is made, gone when it is destroyed.
class StorageUnderTest {
 public:
  virtual ~StorageUnderTest() = default;
  // Plugins of `system` on this storage. Called again, for another system, when that one has ended:
  // what was stored must be there. A null member: the plugin does not offer it, its rules are
  // skipped.
  virtual absl::StatusOr<StoragePlugins> Open(ActorSystemBase& system) = 0;
  // The same with room for `queue_max` waiting calls. Nothing: the bound cannot be set.
  virtual std::optional<absl::StatusOr<StoragePlugins>> OpenBounded(ActorSystemBase& /*system*/,
                                                                    int64_t /*queue_max*/) {
    return std::nullopt;
  }
};

using MakeStorage = std::function<std::unique_ptr<StorageUnderTest>()>;

// How long a call may take, in the simulation's time or the machine's.
inline constexpr absl::Duration kCallTimeout = absl::Seconds(30);

class Subject {
 public:
  // On threads where there is no seed, else in a simulation of that seed.
  Subject(const MakeStorage& make, std::optional<uint64_t> seed);
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  // Whether it can be opened; asked before a rule runs.
  const absl::Status& opened() const { return opened_; }
  bool simulated() const { return simulation_ != nullptr; }
  ActorTestKit& kit() { return *kit_; }
  const StoragePlugins& plugins() const { return plugins_; }
  Journal& journal() { return *plugins_.journal; }
  SnapshotStore& snapshots() { return *plugins_.snapshots; }
  DurableStateStore& states() { return *plugins_.states; }

  // Ends the system; the plugins stay.
  void End();
  // Ends the system and opens the same storage in a new one.
  absl::Status Reopen();
  // The same with a bound; UNIMPLEMENTED: it cannot be set.
  absl::Status ReopenBounded(int64_t queue_max);

  template <class T>
  FutureResult<T> Get(Future<T> future) {
    return Await(std::move(future), kCallTimeout);
  }
  // Lets others go on: a few steps of the simulation, nothing on threads.
  void LetOthersRun();

  // --- for rules about journals; each waits for its answer ---

  absl::StatusOr<WriterGrant> Acquire(std::string_view id);
  absl::StatusOr<AppendResult> Append(AtomicAppend append);
  // Fails where it was not kWritten.
  absl::Status Write(AtomicAppend append);
  absl::StatusOr<JournalHead> Head(std::string_view id);
  absl::StatusOr<EventsPage> Page(EventsRequest request);
  // All that is there, in pages of `events_max`, the chain checked from page to page.
  absl::StatusOr<std::vector<StoredEvent>> ReadAll(std::string_view id, int64_t events_max = 1000);
  // All with the tag behind `after`; moves `after` on.
  absl::StatusOr<std::vector<StoredEvent>> ReadTag(std::string_view tag, int64_t& after,
                                                   int64_t events_max = 1000);

 private:
  absl::Status Start();
  absl::Status Accept(absl::StatusOr<StoragePlugins> plugins);

  std::unique_ptr<SimulatedRuntime> simulation_;  // null: threads
  std::unique_ptr<StorageUnderTest> storage_;
  std::unique_ptr<ActorTestKit> kit_;
  StoragePlugins plugins_;
  absl::Status opened_;
};

}  // namespace sampo::persistence::tck

#endif  // SAMPO_PERSISTENCE_TCK_STORAGE_UNDER_TEST_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PersistenceTestKit::Core: the faults that are still to come, and what was stored; shared by the
// kit and its plugins. And the plugins.
//
// Threads: any. Lifetime: shared; the system may end first.
#ifndef SAMPO_PERSISTENCE_TESTKIT_INTERNAL_FAULT_CORE_H_
#define SAMPO_PERSISTENCE_TESTKIT_INTERNAL_FAULT_CORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
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
#include "sampo/persistence/testkit/persistence_test_kit.h"
#include "sampo/persistence/write_outcome.h"

namespace sampo::persistence {

enum class FaultKind : uint8_t { kFail, kStoreAndFail, kReject, kNoRoom, kDelay };
enum class RecordKind : uint8_t { kEvent, kSnapshot, kState };

struct Fault {
  StorageCall call;
  std::string id;  // empty: all
  int left;
  FaultKind kind;
  absl::Status status;   // of all but kDelay
  absl::Duration delay;  // of kDelay
};

// What happens to one call.
struct Verdict {
  absl::Duration delay = absl::ZeroDuration();
  std::optional<Fault> fault = {};
};

struct PersistenceTestKit::Core : std::enable_shared_from_this<PersistenceTestKit::Core> {
 public:
  explicit Core(ActorSystemBase& of) : system_(of) {}
  // The system has ended: what is delayed fails, what comes now is not delayed.
  void NoteEnd();

  void Add(Fault fault);
  Verdict Take(StorageCall call, std::string_view id);
  int faults_left() const;
  void ClearFaults();
  void Clear();

  void Record(RecordKind kind, StoredRecord record);
  // Waits for the next one that nobody has taken.
  absl::StatusOr<StoredRecord> Next(RecordKind kind, std::string_view id, absl::Duration timeout);

  // What call() brings, after the verdict's delay.
  template <class T>
  Future<T> Later(const Verdict& verdict, std::function<Future<T>()> call) {
    if (verdict.delay == absl::ZeroDuration()) return call();
    return Delay(verdict.delay).FlatMap(std::move(call));
  }

 private:
  struct Track {
    std::vector<StoredRecord> records;
    size_t taken = 0;
    std::vector<Promise<void>> waiting;
  };

  // Completes after `delay`; UNAVAILABLE: the system ends first.
  Future<void> Delay(absl::Duration delay);

  ActorSystemBase& system_;
  mutable std::mutex mutex_;
  bool ended_ = false;                                          // guarded by mutex_
  std::vector<std::shared_ptr<Promise<void>>> delayed_;         // guarded by mutex_
  std::vector<Fault> faults_;                                   // guarded by mutex_
  std::map<std::pair<RecordKind, std::string>, Track> tracks_;  // guarded by mutex_
};

namespace internal {

// `right` with the faults of `core`.
StoragePlugins PluginsWithFaults(const std::shared_ptr<PersistenceTestKit::Core>& core,
                                 const StoragePlugins& right);

}  // namespace internal
}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_TESTKIT_INTERNAL_FAULT_CORE_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Recovery: from what a persistent actor makes its state again when it starts.
//
// The newest readable snapshot and the events after it, unless one of these says otherwise.
// Threads: a value.
//
//   .recovery = Recovery::WithoutSnapshots()    // after a change that makes old states useless
#ifndef SAMPO_PERSISTENCE_RECOVERY_H_
#define SAMPO_PERSISTENCE_RECOVERY_H_

#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence {

class Recovery {
 public:
  // The newest snapshot, then events.
  static Recovery Latest() { return Recovery(); }
  // All events. DATA_LOSS where some of them are deleted.
  static Recovery WithoutSnapshots() {
    Recovery recovery;
    recovery.snapshots_ = false;
    return recovery;
  }
  // The newest snapshot within `criteria`, then events.
  static Recovery FromSnapshot(SnapshotCriteria criteria) {
    Recovery recovery;
    recovery.criteria_ = criteria;
    return recovery;
  }
  // The state stays empty: only the sequence number of the newest event is read.
  static Recovery Disabled() {
    Recovery recovery;
    recovery.snapshots_ = recovery.events_ = false;
    return recovery;
  }

  bool snapshots() const { return snapshots_; }
  bool events() const { return events_; }
  const SnapshotCriteria& criteria() const { return criteria_; }

 private:
  Recovery() = default;
  bool snapshots_ = true;
  bool events_ = true;
  SnapshotCriteria criteria_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_RECOVERY_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StageTimers and IslandTimers: the keyed timers of a stage, and the one heap of an island that
// finds the next one due. The island's actor has one timer of its own, for the heap's top.
//
// Why not a timer of the actor for each: streams with a timeout for each element would start
// millions. Threads: the turn of the island's actor.
#ifndef SAMPO_STREAM_INTERNAL_STAGE_TIMERS_H_
#define SAMPO_STREAM_INTERNAL_STAGE_TIMERS_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace sampo::stream {

class GraphStageLogic;

namespace internal {

// The timers of one stage: a few, searched in order.
class StageTimers {
 public:
  struct Timer {
    int64_t key;
    uint64_t generation;     // of the entry in the heap that is valid
    int64_t interval_nanos;  // 0: once
    bool fixed_rate;
  };
  Timer* Find(int64_t key) {
    for (Timer& timer : timers) {
      if (timer.key == key) return &timer;
    }
    return nullptr;
  }
  void Remove(int64_t key) {
    for (size_t i = 0; i < timers.size(); ++i) {
      if (timers[i].key != key) continue;
      timers[i] = timers.back();
      timers.pop_back();
      return;
    }
  }
  std::vector<Timer> timers;  // one for each key in use
};

class IslandTimers {
 public:
  struct Entry {
    int64_t deadline_nanos;
    uint64_t generation;
    GraphStageLogic* logic;
    int64_t key;
  };

  // Returns the generation of the new entry.
  uint64_t Add(int64_t deadline_nanos, GraphStageLogic* logic, int64_t key);
  // The stage has ended: none of its entries is valid any more.
  void Forget(GraphStageLogic* logic);
  // Takes out the next entry that is due; false when there is none.
  bool TakeDue(int64_t now_nanos, Entry* due);
  // kNeverNanos: none.
  int64_t next_deadline() const;
  // An entry is not valid any more. Such stay until they are due, or until they are the most.
  void NoteStale();
  // One of those was due.
  void StaleWasTaken() { --stale_; }
  // What the actor's timer is set to.
  int64_t armed_nanos = INT64_MAX;

 private:
  static bool Later(const Entry& a, const Entry& b) {
    return a.deadline_nanos != b.deadline_nanos ? a.deadline_nanos > b.deadline_nanos
                                                : a.generation > b.generation;
  }
  // Below so many, stale entries stay. Chosen, not measured.
  static constexpr size_t kStaleKept = 64;

  std::vector<Entry> heap_;
  size_t stale_ = 0;  // of the entries
  uint64_t generation_ = 0;
};

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_INTERNAL_STAGE_TIMERS_H_

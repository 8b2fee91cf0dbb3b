// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RootCell: the header of "/", which every header of the system keeps alive through its parents.
// It is how a ref finds its system, and finds out that it is gone.
//
// Threads: Enter and Leave from any; Close once, by the system's end.
#ifndef SAMPO_ACTOR_INTERNAL_ROOT_CELL_H_
#define SAMPO_ACTOR_INTERNAL_ROOT_CELL_H_

#include <atomic>
#include <memory>

#include "sampo/actor/internal/actor_cell.h"

namespace sampo::internal {

class Observation;

struct RootCell : ActorCell {
  RootCell(ActorSystemBase* of, Dispatcher* where, uint64_t uid_salt);
  ~RootCell();

  // The system, which stays until Leave; null when it is gone (no Leave then).
  ActorSystemBase* Enter() {
    // seq_cst on both sides (and in Close): either Close sees the visitor, or the visitor sees
    // null.
    visitors.fetch_add(1, std::memory_order_seq_cst);
    ActorSystemBase* there = system.load(std::memory_order_seq_cst);
    if (there == nullptr) Leave();
    return there;
  }
  void Leave() { visitors.fetch_sub(1, std::memory_order_seq_cst); }
  // From now on Enter gives null; waits for the visitors, who do no more than publish a message.
  void Close();

  const uint64_t salt;                       // of the uids of this system's actors
  std::unique_ptr<Observation> observation;  // set before the first actor; null: no instrumentation
  std::atomic<ActorSystemBase*> system;
  std::atomic<uint32_t> visitors{0};
  std::atomic<uint64_t> dead_letters{0};  // also those after the system's end
};

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_ROOT_CELL_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RecoveryPermits: lets a bounded number of actors recover at a time, first come first served.
//
// Why: a thousand actors that start together would ask the journal for a thousand pages at once.
// Threads: all methods from any. Lifetime: a permit may outlive the object that gave it. Bound: the
// number of those that wait is that of the actors that start.
//
//   Future<RecoveryPermit> permit = permits.Acquire();   // given back when it is destroyed
#ifndef SAMPO_PERSISTENCE_RECOVERY_PERMITS_H_
#define SAMPO_PERSISTENCE_RECOVERY_PERMITS_H_

#include <memory>
#include <utility>

#include "sampo/actor/future.h"

namespace sampo::persistence {

class RecoveryPermits;

// Move-only: the right to recover until it is destroyed.
class RecoveryPermit {
 public:
  RecoveryPermit() = default;
  RecoveryPermit(RecoveryPermit&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  RecoveryPermit& operator=(RecoveryPermit&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~RecoveryPermit();

 private:
  friend class RecoveryPermits;
  struct State;
  explicit RecoveryPermit(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

class RecoveryPermits {
 public:
  explicit RecoveryPermits(int permits);
  // How many at a time from now on; those that were given stay. Precondition: at least 1.
  void SetMax(int permits);
  // Completes when there is one; a future that nobody holds any more gives its permit back.
  Future<RecoveryPermit> Acquire();
  // Given and not given back.
  int in_use() const;

 private:
  std::shared_ptr<RecoveryPermit::State> state_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_RECOVERY_PERMITS_H_

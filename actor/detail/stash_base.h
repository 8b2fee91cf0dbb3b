// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StashBase: the untyped part of StashBuffer<C>: kept envelopes in the order they were stashed.
#ifndef SAMPO_ACTOR_DETAIL_STASH_BASE_H_
#define SAMPO_ACTOR_DETAIL_STASH_BASE_H_

#include <cstddef>
#include <deque>

#include "absl/status/status.h"
#include "sampo/actor/detail/context_base.h"

namespace sampo::internal {

class StashBase {
 public:
  StashBase(ContextBase& context, size_t capacity) : context_(context), capacity_(capacity) {}
  StashBase(const StashBase&) = delete;
  StashBase& operator=(const StashBase&) = delete;
  // What is still in here goes to dead letters.
  ~StashBase();

  size_t size() const { return envelopes_.size(); }
  size_t capacity() const { return capacity_; }
  bool full() const { return envelopes_.size() >= capacity_; }
  void Clear();

  // Keeps the envelope whose payload is at `message`: the current one, or aborts.
  // RESOURCE_EXHAUSTED when full.
  absl::Status TryStash(const void* message);
  // From now on the `count` oldest come before the mailbox.
  void BeginUnstash(size_t count);

  // --- for the cell ---
  // The next one to be handled; null: this unstashing is over. The caller owns it.
  Envelope* NextUnstashed();
  // What was not handled yet stays in the buffer (a restart with the buffer outside).
  void CancelUnstash() { unstashing_ = 0; }

 private:
  ContextBase& context_;
  const size_t capacity_;
  std::deque<Envelope*> envelopes_;
  size_t unstashing_ = 0;  // of the front
};

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_DETAIL_STASH_BASE_H_

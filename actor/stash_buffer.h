// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StashBuffer<C>: messages put aside for a later behavior, in order, up to a bound.
//
// The message itself is kept, not a copy: move-only messages work, and nothing is allocated but the
// buffer's own growth. UnstashAll hands back what is there at the call, before anything new from
// the mailbox, one message a step (no recursion), then the mailbox goes on. Threads: the actor's
// turn. What is left when the buffer ends goes to dead letters.
//
//   if (!ready) { stash.Stash(m); return Same(); }       // m is the handler's own `const M&`
//   return stash.UnstashAll(Ready());
#ifndef SAMPO_ACTOR_STASH_BUFFER_H_
#define SAMPO_ACTOR_STASH_BUFFER_H_

#include <type_traits>
#include <utility>

#include "sampo/actor/behavior.h"
#include "sampo/actor/detail/stash_base.h"

namespace sampo {

template <class C>
class StashBuffer {
 public:
  StashBuffer(internal::ContextBase& context, size_t capacity)
      : context_(context), base_(context, capacity) {}

  // Keeps the message that is being handled, given by the handler's own reference. A full buffer
  // fails the turn with RESOURCE_EXHAUSTED.
  template <class M>
  void Stash(M&& message) {
    absl::Status kept = TryStash(std::forward<M>(message));
    if (!kept.ok()) context_.FailTurn(std::move(kept));
  }
  template <class M>
  [[nodiscard]] absl::Status TryStash(M&& message) {
    static_assert(std::is_lvalue_reference_v<M&&>,
                  "Sampo: a handler that stashes takes const M& or M&, and gives that to Stash.");
    return base_.TryStash(&message);
  }

  // The behavior for the messages that are in here now; they come next, in order.
  Behavior<C> UnstashAll(Behavior<C> next) { return Unstash(std::move(next), base_.size()); }
  // The same for the `count` oldest.
  Behavior<C> Unstash(Behavior<C> next, size_t count) {
    base_.BeginUnstash(count);
    return next;
  }

  size_t size() const { return base_.size(); }
  size_t capacity() const { return base_.capacity(); }
  bool IsEmpty() const { return base_.size() == 0; }
  bool IsFull() const { return base_.full(); }
  // All to dead letters.
  void Clear() { base_.Clear(); }

 private:
  internal::ContextBase& context_;
  internal::StashBase base_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_STASH_BUFFER_H_

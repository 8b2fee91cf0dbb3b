// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// CommandStash: the commands of a persistent actor that have to wait: those that came while it
// recovers, writes or saves (internal), and those its handler put aside (the user's).
//
// Why not StashBuffer: two queues with one order. Waiting commands come back one at a time, each
// through the actor's whole chain of behaviors as if it came from the mailbox, and before anything
// that is still there; the mailbox is not read meanwhile. After UnstashAll the user's come first:
// they are the older ones. Commands that are stashed while that goes on wait for the next
// UnstashAll.
// Bound: `capacity` in each queue; who stashes is told when it is reached.
// Threads: the actor's turn. Lifetime: what is left at the end goes to dead letters.
#ifndef SAMPO_PERSISTENCE_DETAIL_COMMAND_STASH_H_
#define SAMPO_PERSISTENCE_DETAIL_COMMAND_STASH_H_

#include <cstddef>
#include <deque>

#include "sampo/actor/detail/context_base.h"
#include "sampo/actor/detail/stash_base.h"
#include "sampo/actor/dispatch/envelope.h"

namespace sampo::persistence::internal {

using ::sampo::internal::ContextBase;

class CommandStash {
 public:
  CommandStash(ContextBase& context, size_t capacity);
  CommandStash(const CommandStash&) = delete;
  CommandStash& operator=(const CommandStash&) = delete;
  ~CommandStash();

  size_t capacity() const { return capacity_; }
  // Keep the message that is being handled. False: full, nothing is kept.
  bool PushInternal(Envelope& envelope);
  bool PushUser(Envelope& envelope);
  // The same, before all others: one that came back too early.
  void ReturnInternal(Envelope& envelope);
  // What the user has stashed until now comes back next.
  void UnstashAll() { unstashing_ = user_.size(); }

  // Whether commands wait that must come before one from the mailbox.
  bool HasWaiting() const { return !internal_.empty() || unstashing_ > 0 || outbox_.size() > 0; }
  // True, once, for the command that Feed gave back.
  bool TakeFed(const Envelope& envelope);
  // Lets the next waiting command come before the mailbox. False: none waits, or one is on its way.
  bool Feed();

  size_t internal_size() const { return internal_.size(); }
  size_t user_size() const { return user_.size(); }

 private:
  Envelope* TakeNext();
  void PutIntoOutbox(Envelope* envelope);
  bool Push(std::deque<Envelope*>& queue, Envelope& envelope);

  ContextBase& context_;
  const size_t capacity_;
  std::deque<Envelope*> internal_;
  std::deque<Envelope*> user_;
  size_t unstashing_ = 0;          // of the front of user_
  const Envelope* fed_ = nullptr;  // gone where somebody before the node has swallowed it
  // Holds the one command that comes next: the way back into the actor's turn.
  ::sampo::internal::StashBase outbox_;
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_DETAIL_COMMAND_STASH_H_

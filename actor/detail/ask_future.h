// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AskFuture: the target behind an Ask from outside actors.
//
// Threads: completed once, by the replier, the timer, or at once; whoever wins `claimed_`.
// Counted: one for the slot, one for the timeout while it is scheduled.
#ifndef SAMPO_ACTOR_DETAIL_ASK_FUTURE_H_
#define SAMPO_ACTOR_DETAIL_ASK_FUTURE_H_

#include <atomic>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/dispatch/ref_target.h"
#include "sampo/actor/dispatch/timer_service.h"

namespace sampo {
class ActorSystemBase;
}

namespace sampo::internal {

class AskFutureBase : public RefTarget {
 public:
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }
  // The target can't be asked (ignore ref, ended actor, ended system): completed with that already.
  bool refused() const { return refused_; }
  // The system ends: completes with CANCELLED if nothing has completed it.
  void OnSystemEnd();

 protected:
  AskFutureBase(const MessageType* request);
  virtual ~AskFutureBase();
  // Last step of the constructor of the class that knows how to complete.
  void Begin(RefTarget* target, absl::Duration timeout);
  // `reply` null: why in `status`. Called once; the envelope stays the caller's.
  virtual void CompleteWith(Envelope* reply, const absl::Status& status) = 0;

 private:
  friend struct AskFutureAccess;
  friend class sampo::ActorSystemBase;
  struct Timeout : TimerEntry {
    using TimerEntry::TimerEntry;
    AskFutureBase* ask;
  };
  static const RefTargetOps kOps;

  std::atomic<bool> claimed_{false};
  bool refused_ = false;
  const MessageType* const request_;
  RefTarget* root_ = nullptr;  // counted; the way to the system. Null: no timeout, no link
  Timeout timeout_;
  AskFutureBase* previous_ = nullptr;  // among the system's pending asks, while linked_
  AskFutureBase* next_ = nullptr;
  bool linked_ = false;
};

template <class R, class Done>
class AskFuture final : public AskFutureBase {
 public:
  AskFuture(RefTarget* target, const MessageType* request, absl::Duration timeout, Done done)
      : AskFutureBase(request), done_(std::move(done)) {
    Begin(target, timeout);
  }

 private:
  void CompleteWith(Envelope* reply, const absl::Status& status) override {
    if (reply == nullptr) {
      done_(absl::StatusOr<R>(status));
    } else {
      done_(absl::StatusOr<R>(std::move(reply->As<R>())));
    }
  }
  Done done_;
};

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_DETAIL_ASK_FUTURE_H_

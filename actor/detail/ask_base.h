// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AskBase: one question an actor has asked: the target that its ReplySlot points at.
//
// | state     | who changes it              | meaning                                             |
// | kPending  | -                           | the answer may come                                 |
// | kAnswered | the replier (one exchange)  | the answer, or its loss, is on the way to the asker |
// | kClosed   | the asker                   | timed out or the asker is gone: late answers are    |
// |           |                             | dead letters                                        |
// The answer needs no allocation: the node that travels through the asker's mailbox is a part of
// this block. If the asker's task waits for it, the answer comes as a system message instead,
// because its mailbox stands still.
// Threads: deliver from any; the rest on the asker's turn. Counted: one for the slot, one for the
// asker until the answer was handled.
#ifndef SAMPO_ACTOR_DETAIL_ASK_BASE_H_
#define SAMPO_ACTOR_DETAIL_ASK_BASE_H_

#include <atomic>
#include <coroutine>
#include <cstdint>

#include "absl/status/status.h"
#include "sampo/actor/detail/context_base.h"
#include "sampo/actor/detail/timer_node.h"

namespace sampo::internal {

// A message that becomes one of the protocol only on the actor's turn. An envelope with
// kDeferredIndex whose kEmbedded flag is set is one.
struct DeferredNode : EmbeddedEnvelope {
  // The message to handle, or null for none. May throw what the user's mapper throws.
  Envelope* (*produce)(DeferredNode*, ContextBase&) = nullptr;
};

class AskBase : public RefTarget {
 public:
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  // The answer, or why there is none. Precondition: it has come. The envelope holds the reply's
  // type; null when status() says why.
  Envelope* reply() const { return reply_; }
  const absl::Status& status() const { return status_; }
  // Sends the request's failure back to the asker: for a target that can't be asked.
  void FailNow(absl::Status status);

 protected:
  // Registers with the asker: its list, its timeout (none for kNeverNanos), its cell's count.
  AskBase(ContextBase& asker, const MessageType* request, int64_t timeout_nanos);
  virtual ~AskBase();
  // The message for the asker's behavior; null where a task waits for the answer.
  virtual Envelope* Map(ContextBase& context) = 0;

  // For tasks: resumes `handle`'s task when the answer comes. Turn only.
  void set_awaited() { awaited_ = true; }
  void AwaitFrom(std::coroutine_handle<> handle);
  bool done() const { return handled_; }
  // The asker lost interest (its operation was destroyed).
  void Abandon();

 private:
  friend struct AskAccess;
  enum State : uint8_t { kPending, kAnswered, kClosed };

  struct Node : DeferredNode {
    AskBase* ask;
  };
  struct Wakeup : SystemMessage {
    using SystemMessage::SystemMessage;
    AskBase* ask;
  };

  static const RefTargetOps kOps;

  std::atomic<State> state_{kPending};
  bool awaited_ = false;    // written before the request is told
  bool handled_ = false;    // turn only
  ActorCell* const asker_;  // counted
  const MessageType* const request_;
  Envelope* reply_ = nullptr;
  absl::Status status_;
  AskBase* previous_ = nullptr;  // the asker's list of pending asks
  AskBase* next_ = nullptr;
  uint64_t task_id_ = 0;
  ActorTimerNode timer_;
  Node node_;
};

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_DETAIL_ASK_BASE_H_

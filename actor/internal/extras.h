// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Extras: the parts of an actor that most actors never need, made with the first use.
//
// Threads: the actor's turn alone. Lifetime: ends with the body.
#ifndef SAMPO_ACTOR_INTERNAL_EXTRAS_H_
#define SAMPO_ACTOR_INTERNAL_EXTRAS_H_

#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/detail/ask_base.h"
#include "sampo/actor/detail/stash_base.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/actor_timers.h"
#include "sampo/actor/internal/adapter_cell.h"
#include "sampo/actor/internal/death_watch.h"
#include "sampo/actor/internal/restart.h"
#include "sampo/actor/trace_scope.h"

namespace sampo {
class ActorClass;
}

namespace sampo::internal {

// A coroutine handler that waits.
struct ActiveTask {
  uint64_t id = 0;
  std::coroutine_handle<> root;     // owned: destroying it destroys what it awaits
  std::coroutine_handle<> waiting;  // the innermost one, which is resumed next
  Envelope* envelope = nullptr;     // kept
  ContextBase::TakeWord take = nullptr;
  bool stashed = false;  // the envelope is a stash's now
};

// A restart that waits for children or a backoff.
struct PendingRestart {
  const void* token = nullptr;  // the supervisor that asked
  bool waits_for_children = false;
  bool waits_for_backoff = false;
  std::deque<Envelope*> stash;
  size_t stash_capacity = 0;
  ActorTimerNode backoff{&OnBackoffOver};
};

void OnReceiveTimeout(ActorTimerNode* node, ContextBase& context);

struct ReceiveTimeout {
  int64_t after_nanos = 0;
  UniqueFunction<Envelope*()> make;
  uint32_t generation = 0;  // of the one in the mailbox that counts
  ActorTimerNode timer{&OnReceiveTimeout};
};

// What only the actors of an instrumented system have; see tracing.h.
struct ObservedParts {
  ActorClass* actor_class = nullptr;
  bool started = false;                             // OnActorStarted was called
  absl::flat_hash_map<uintptr_t, TraceIds> traces;  // see KeepTrace; looked up, never iterated
};

struct Extras {
  std::optional<absl::Status> turn_failure;
  std::optional<Failure> last_failure;  // why the actor stops; for ChildFailed
  UniqueFunction<void()> stop_hook;     // of Stopped(hook)
  std::unique_ptr<DeathWatch> watch;
  std::unique_ptr<ActorTimers> timers;
  std::unique_ptr<PendingRestart> restart;
  std::unique_ptr<ReceiveTimeout> receive_timeout;
  AskBase* asks = nullptr;  // pending, intrusive, newest first
  std::vector<StashBase*> unstashing;
  std::list<ActiveTask> tasks;
  std::vector<Word> retired;  // behaviors that tasks may still use
  uint64_t last_task_id = 0;
  ActiveTask* running_task = nullptr;  // on the stack of RunTask and ResumeTask
  uint64_t completing_task_id = 0;     // during BehaviorNode::NodeComplete
  int interleaving = 0;                // started Interleaving(...) wrappers
  std::vector<AdapterCell*> adapters;  // counted
  std::unique_ptr<Logger> logger;
  std::string logger_name;
  std::vector<LogField> mdc;
  std::vector<std::string> tags;
  std::unique_ptr<ObservedParts> observed;
};

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_EXTRAS_H_

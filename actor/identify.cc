// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/identify.h"

#include <memory>

#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/scheduler.h"

namespace sampo {
namespace internal {
namespace {

struct IdentifyState {
  explicit IdentifyState(AnyActorRef whom) : actor(std::move(whom)) {}
  const AnyActorRef actor;
  Promise<AnyActorRef> promise;
  Cancellable timeout;  // written before the question is on its way
};

void Answer(IdentifyState& state, absl::StatusOr<AnyActorRef> result) {
  state.timeout.Cancel();
  state.promise.Complete(std::move(result));
}

// The question, as a system message: an actor answers it whatever its behavior is.
struct IdentifyMessage : SystemMessage {
  explicit IdentifyMessage(std::shared_ptr<IdentifyState> of)
      : SystemMessage(&Handle, &Discard), state(std::move(of)) {}
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  static void Handle(SystemMessage* message, RefTarget*) {
    std::unique_ptr<IdentifyMessage> question(static_cast<IdentifyMessage*>(message));
    Answer(*question->state, question->state->actor);
  }
  static void Discard(SystemMessage* message, RefTarget*) {
    std::unique_ptr<IdentifyMessage> question(static_cast<IdentifyMessage*>(message));
    Answer(*question->state,
           absl::NotFoundError(StrCat("no actor at ", question->state->actor.path())));
  }

  const std::shared_ptr<IdentifyState> state;
};

}  // namespace

Future<AnyActorRef> IdentifyRef(ActorSystemBase& system, AnyActorRef actor,
                                absl::Duration timeout) {
  auto state = std::make_shared<IdentifyState>(std::move(actor));
  Future<AnyActorRef> future = state->promise.future();
  RefTarget* target = RefAccess::Target(state->actor);
  if (target == nullptr) {
    state->promise.Complete(absl::NotFoundError("/ignore is no actor"));
    return future;
  }
  state->timeout =
      CallLater(Scheduler::Get(system).calls(), timeout, [state, timeout](absl::Status due) {
        if (due.ok()) {
          due = absl::DeadlineExceededError(StrCat("identify ", state->actor.path(),
                                                   ": busy for more than ",
                                                   absl::FormatDuration(timeout)));
        }
        state->promise.Complete(std::move(due));
      });
  auto* question = new IdentifyMessage(state);
  if (!ActorCell::FromTarget(target)->EnqueueSystem(question)) {
    IdentifyMessage::Discard(question, target);
  }
  return future;
}

}  // namespace internal

Future<AnyActorRef> Identify(ActorSystemBase& system, std::string_view path,
                             absl::Duration timeout) {
  absl::StatusOr<AnyActorRef> actor = ActorRefResolver::Get(system).ResolveAny(path);
  if (!actor.ok()) return Future<AnyActorRef>::Failed(actor.status());
  return internal::IdentifyRef(system, *std::move(actor), timeout);
}

}  // namespace sampo

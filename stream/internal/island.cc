// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/island.h"

#include <utility>

#include "sampo/actor/abstract_behavior.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/behaviors.h"
#include "sampo/stream/detail/async_callback.h"
#include "sampo/stream/detail/logic_access.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/internal/stage_timers.h"
#include "sampo/stream/internal/stream_registry.h"
#include "sampo/stream/materializer.h"

namespace sampo::stream::internal {

// The behavior of an island's actor.
class StreamActor final : public AbstractBehavior<StreamActor, IslandEvent> {
 public:
  StreamActor(ActorContext<IslandEvent>& context, Ref<Island> island)
      : AbstractBehavior(context), island_(std::move(island)) {}

  Behavior<IslandEvent> OnMessage(IslandEvent& event) {
    if (island_->Turn(&event)) return Same();
    return Stopped();
  }
  Behavior<IslandEvent> OnSignal(const PostStop&) {
    island_->End();
    return Same();
  }

 private:
  const Ref<Island> island_;
};

Island::Island(Ref<StreamRun> run, SharedAttributes attributes, int number)
    : run_(std::move(run)),
      attributes_(std::move(attributes)),
      number_(number),
      interpreter_(*this),
      timers_(std::make_unique<IslandTimers>()) {
  if (this->attributes().fuzz_seed()) {
    interpreter_.set_fuzz_seed(*this->attributes().fuzz_seed() + static_cast<uint64_t>(number));
  }
}

Island::~Island() {
  End();
  run_->RemoveIsland(this);
}

ActorSystemBase& Island::system() const { return run_->system(); }
int64_t Island::NowNanos() const { return run_->system().clock().NowNanos(); }

StartGuard::StartGuard(Ref<Island> island) : island_(std::move(island)) {}
StartGuard::StartGuard(StartGuard&& other) noexcept : island_(std::move(other.island_)) {}
StartGuard::~StartGuard() {
  if (island_) island_->EndUnlessStarted();
}

Behavior<IslandEvent> Island::MakeBehavior() {
  return Setup<IslandEvent>(
      [guard = StartGuard(this)](ActorContext<IslandEvent>& context) -> Behavior<IslandEvent> {
        const Ref<Island>& self = guard.island();
        self->Start(context);
        if (!self->Turn(nullptr)) return Stopped();
        return std::make_unique<StreamActor>(context, self);
      });
}

void Island::EndUnlessStarted() {
  if (!started_.load(std::memory_order_acquire)) End();
}

void Island::Post(UniqueFunction<void()> call) {
  if (has_ended()) return;
  // Partner: the release in Start, behind which self_ stands.
  if (!started_.load(std::memory_order_acquire)) {
    std::lock_guard guard(early_mutex_);
    if (!started_.load(std::memory_order_relaxed)) {
      if (has_ended()) return;  // without a start: End has taken what was here
      early_.push_back(IslandEvent{std::move(call)});
      return;
    }
  }
  self_.Tell(IslandEvent{std::move(call)});
}

void Island::Start(ActorContext<IslandEvent>& context) {
  context_ = &context;
  std::vector<IslandEvent> early;
  std::lock_guard guard(early_mutex_);
  self_ = context.Self();
  for (IslandEvent& event : early_) self_.Tell(std::move(event));
  early_.clear();
  started_.store(true, std::memory_order_release);
}

bool Island::Turn(IslandEvent* event) {
  std::lock_guard guard(turn_);
  if (has_ended()) return false;
  const int64_t now = NowNanos();
  busy_since_.store(now, std::memory_order_relaxed);
  interpreter_.set_now(now);
  if (event == nullptr) {
    interpreter_.StartAdded();
  } else if (event->run) {
    event->run();
    event->run = nullptr;
  } else {
    continue_sent_ = false;
  }
  IslandTimers::Entry due;
  while (timers_->TakeDue(now, &due)) {
    interpreter_.RunInStage(due.logic, [&due] {
      LogicAccess::TimerDue(due.logic, due.key, due.generation, due.deadline_nanos);
    });
  }
  const bool idle = interpreter_.Execute(attributes().event_limit());
  RunHooks();
  busy_since_.store(0, std::memory_order_relaxed);
  if (interpreter_.is_done()) {
    ended_.store(true, std::memory_order_release);
    context_ = nullptr;
    run_->RemoveIsland(this);
    return false;
  }
  if (!idle && !continue_sent_) {
    continue_sent_ = true;
    self_.Tell(IslandEvent{});
  }
  ArmTimer();
  return true;
}

void Island::ArmTimer() {
  const int64_t next = timers_->next_deadline();
  if (next == timers_->armed_nanos) return;
  timers_->armed_nanos = next;
  constexpr int kTimer = 0;
  if (next == kNeverNanos) {
    context_->Timers().Cancel(kTimer);
    return;
  }
  const int64_t delay = std::max<int64_t>(next - NowNanos(), 0);
  context_->Timers().StartSingleTimer(kTimer,
                                      IslandEvent{[this] { timers_->armed_nanos = kNeverNanos; }},
                                      absl::Nanoseconds(delay));
}

// Also for an island that never started. What is left of the stages ends here.
void Island::End() {
  // What came before a start that will never be; each holds its stage's target, and that this
  // island. Let go last, without locks.
  std::vector<IslandEvent> early;
  std::lock_guard guard(turn_);
  {
    std::lock_guard early_guard(early_mutex_);
    ended_.store(true, std::memory_order_release);
    early.swap(early_);
  }
  if (interpreter_.is_aborting() || interpreter_.is_done()) return;
  interpreter_.Abort(AbruptTermination(context_ != nullptr
                                           ? StrCat("the actor ", context_->path(), " was stopped")
                                           : std::string("its actor was never started")));
  hooks_ = nullptr;
  context_ = nullptr;
  run_->RemoveIsland(this);
}

void Island::RunHooks() {
  while (hooks_ != nullptr) {
    TurnEndHook* hook = hooks_;
    hooks_ = hook->next_hook;
    hook->is_hooked = false;
    hook->OnTurnEnd();
  }
}

void Island::CancelTurnEnd(TurnEndHook* hook) {
  if (!hook->is_hooked) return;
  TurnEndHook** link = &hooks_;
  while (*link != nullptr && *link != hook) link = &(*link)->next_hook;
  if (*link != nullptr) *link = hook->next_hook;
  hook->is_hooked = false;
}

// --- AsyncTarget ---

AsyncTarget::AsyncTarget(GraphStageLogic* logic, Island* island)
    : logic_(logic), island_holder_(island), island_(island) {}
AsyncTarget::~AsyncTarget() = default;

void AsyncTarget::Post(UniqueFunction<void()> call) {
  if (has_ended()) return;
  island_->Post(
      [self = Ref<AsyncTarget>(this), call = std::move(call)]() mutable { self->Run(call); });
}

void AsyncTarget::Run(UniqueFunction<void()>& call) {
  if (logic_ == nullptr) return;
  island_->interpreter().RunInStage(logic_, [&call] { call(); });
}

void AsyncTarget::Close() {
  logic_ = nullptr;
  ended_.store(true, std::memory_order_release);
}

// --- StreamRun ---

StreamRun::StreamRun(const Materializer& materializer)
    : system_(materializer.system()),
      materializer_(std::make_unique<Materializer>(materializer)),
      list_(StreamRegistry::Get(system_).runs()),
      id_(list_->NextId()) {
  // Last: a report may look at it at once.
  list_->Add(this);
}

StreamRun::~StreamRun() { list_->Remove(this); }

void StreamRun::AddIsland(Island* island) {
  std::lock_guard guard(mutex_);
  islands_.push_back(island);
}

void StreamRun::RemoveIsland(Island* island) {
  std::lock_guard guard(mutex_);
  std::erase(islands_, island);
}

}  // namespace sampo::stream::internal

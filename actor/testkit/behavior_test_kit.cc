// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/behavior_test_kit.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/actor_children.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/spawn.h"
#include "sampo/actor/receive.h"
#include "sampo/actor/testkit/internal/simulation_core.h"

namespace sampo::internal {
namespace {

struct Nothing {};

// Turns of one Run: beyond it the actor tells itself for ever. Chosen, not measured.
constexpr int kTurnsMax = 100'000;

ReturnedBehavior KindOf(ContextBase& context, Word next) {
  if (context.has(kTurnFailed)) return ReturnedBehavior::kFailed;
  if (NodeOf(next) != nullptr) return ReturnedBehavior::kNew;
  switch (next & kWordTagMask) {
    case kFailTag:
      return ReturnedBehavior::kFailed;
    case kStopTag:
      return ReturnedBehavior::kStopped;
    default:
      break;
  }
  switch (next) {
    case kStopped:
      return ReturnedBehavior::kStopped;
    case kUnhandled:
      return ReturnedBehavior::kUnhandled;
    case kIgnore:
      return ReturnedBehavior::kIgnore;
    case kEmpty:
      return ReturnedBehavior::kEmpty;
    default:
      return ReturnedBehavior::kSame;
  }
}

}  // namespace

struct BehaviorTestKitBase::Impl final : SimulationHook {
  Impl()
      : simulation(SimulationOptions{.policy = SchedulePolicyKind::kFifo, .delay_chance = 0}),
        system(Receive<Nothing>([](const Nothing&) { return Same(); }), "testkit",
               log.Settings(simulation.Settings()), simulation.Runtime()) {}

  ContextBase* context() const { return cell == nullptr ? nullptr : cell->body; }

  // The actor itself; and a child that is told to stop, which ends without having started.
  bool MayRun(const SimulatedRuntime::Core::Ready& ready) const {
    const auto* other = static_cast<ActorCell*>(static_cast<Mailbox*>(ready.runnable));
    if (other == cell) return true;
    if (context() == nullptr || other->parent != cell) return false;
    if (context()->has(kStopping) || context()->has(kRestarting)) return true;
    return std::find(stopped.begin(), stopped.end(), other) != stopped.end();
  }
  // One turn; false where there is nothing that may run.
  bool RunOne() {
    SimulatedRuntime::Core& core = simulation.core();
    for (size_t i = 0; i < core.ready().size(); ++i) {
      if (!MayRun(core.ready()[i])) continue;
      core.RunReady(i);
      return true;
    }
    return false;
  }
  absl::Status RunAll() {
    for (int turns = 0; RunOne(); ++turns) {
      if (turns < kTurnsMax) continue;
      return absl::ResourceExhaustedError(
          StrCat("BehaviorTestKit: still busy after ", kTurnsMax, " messages to itself"));
    }
    return absl::OkStatus();
  }

  // --- SimulationHook ---
  void OnMessage(ContextBase& from, const Envelope& envelope) override {
    if (from.cell() != cell || envelope.index >= kInternalIndexMin) return;
    returned = ReturnedBehavior::kSame;
    failure = absl::OkStatus();
  }
  void OnResult(ContextBase& from, Word next) override {
    if (from.cell() != cell) return;
    const ReturnedBehavior kind = KindOf(from, next);
    if (kind != ReturnedBehavior::kSame) returned = kind;
  }
  void OnFailure(ContextBase& from, const Failure& why) override {
    if (from.cell() != cell) return;
    returned = ReturnedBehavior::kFailed;
    failure = why.status;
  }
  void OnEffect(ContextBase& from, const EffectNote& note) override {
    if (from.cell() != cell) return;
    if (note.kind == EffectKind::kStopped) {
      note.target->Ref();
      stopped.push_back(ActorCell::FromTarget(note.target));
    }
    effects.push_back(EffectOf(note));
  }

  static Effect EffectOf(const EffectNote& note) {
    Effect effect;
    // The kinds stand in the same order, behind kNone.
    effect.kind = static_cast<Effect::Kind>(static_cast<uint8_t>(note.kind) + 1);
    static_assert(static_cast<uint8_t>(EffectKind::kScheduled) + 1 ==
                  static_cast<uint8_t>(Effect::Kind::kScheduled));
    if (note.target != nullptr) effect.ref = RefAccess::ShareAny(note.target);
    if (note.kind == EffectKind::kSpawned || note.kind == EffectKind::kStopped) {
      effect.subject = ActorCell::FromTarget(note.target)->DisplayName();
    } else if (note.kind == EffectKind::kWatched || note.kind == EffectKind::kUnwatched) {
      effect.subject = effect.ref.path();
    } else if (note.key != nullptr) {
      effect.subject = Effect::KeyText(*note.key);
    }
    effect.delay = absl::Nanoseconds(note.nanos);
    if (note.kind == EffectKind::kTimerStarted) {
      effect.mode = note.timer.mode;
      effect.delay = absl::Nanoseconds(note.timer.initial_nanos);
      if (note.timer.mode != TimerMode::kSingle) {
        effect.interval = absl::Nanoseconds(note.timer.interval_nanos);
      }
    }
    return effect;
  }

  LogCapture log;
  SimulatedRuntime simulation;
  ActorSystem<Nothing> system;
  ActorCell* cell = nullptr;  // counted
  std::deque<Effect> effects;
  std::vector<ActorCell*> stopped;  // children, counted, so that no address comes again
  ReturnedBehavior returned = ReturnedBehavior::kSame;
  absl::Status failure;
};

BehaviorTestKitBase::BehaviorTestKitBase(BodyFactory body, Word behavior, std::string_view name)
    : impl_(std::make_unique<Impl>()) {
  absl::Status started = impl_->simulation.RunUntilIdle();
  absl::StatusOr<RefTarget*> target =
      SpawnChild(impl_->system.user_guardian(), impl_->system, body, behavior, name, Props());
  if (!target.ok()) {
    FailAt(Where::current(), target.status().ToString());
    target = EndedTarget(impl_->system, "failed-spawn");
  }
  impl_->cell = ActorCell::FromTarget(*target);
  impl_->simulation.core().set_listener(impl_.get());
  if (started.ok()) started = impl_->RunAll();
  if (!started.ok()) FailAt(Where::current(), started.ToString());
}

// The actor ends first: its children end with it, without having started.
BehaviorTestKitBase::~BehaviorTestKitBase() {
  RequestStop(impl_->cell);
  absl::Status ended = impl_->RunAll();
  if (!ended.ok()) FailAt(Where::current(), ended.ToString());
  impl_->simulation.core().set_listener(nullptr);
  for (ActorCell* child : impl_->stopped) child->Unref();
  impl_->cell->Unref();
}

ActorSystemBase& BehaviorTestKitBase::system() const { return impl_->system; }
RefTarget* BehaviorTestKitBase::target() const { return impl_->cell; }
LogCapture& BehaviorTestKitBase::log() { return impl_->log; }

void BehaviorTestKitBase::RunPending(Where where) {
  absl::Status ran = impl_->RunAll();
  if (!ran.ok()) FailAt(where, ran.ToString());
}

void BehaviorTestKitBase::TimePasses(absl::Duration duration, Where where) {
  SimulatedRuntime::Core& core = impl_->simulation.core();
  const int64_t until = DeadlineNanos(core.now_nanos, duration);
  for (;;) {
    RunPending(where);
    const int64_t next = core.NextDeadlineNanos();
    if (next == kNeverNanos || next > until) break;
    core.AdvanceTo(next);
  }
  core.AdvanceTo(until);
}

namespace {

template <class S>
void SignalTo(ActorCell* cell, SignalKind kind, S signal) {
  ContextBase::EnqueueDeferred(cell, [kind, signal](ContextBase& context) -> Envelope* {
    DeliverSignal(context, {kind, &signal});
    return nullptr;
  });
}

}  // namespace

void BehaviorTestKitBase::Signal(PreRestart signal, Where where) {
  SignalTo(impl_->cell, SignalKind::kPreRestart, signal);
  RunPending(where);
}
void BehaviorTestKitBase::Signal(PostStop signal, Where where) {
  SignalTo(impl_->cell, SignalKind::kPostStop, signal);
  RunPending(where);
}
void BehaviorTestKitBase::Signal(Terminated signal, Where where) {
  SignalTo(impl_->cell, SignalKind::kTerminated, std::move(signal));
  RunPending(where);
}

bool BehaviorTestKitBase::IsAlive() const {
  return !impl_->cell->terminated() && impl_->context() != nullptr &&
         !impl_->context()->has(kStopping);
}
ReturnedBehavior BehaviorTestKitBase::Returned() const { return impl_->returned; }
absl::Status BehaviorTestKitBase::failure() const { return impl_->failure; }

bool BehaviorTestKitBase::HasEffects() const { return !impl_->effects.empty(); }

Effect BehaviorTestKitBase::RetrieveEffect() {
  if (impl_->effects.empty()) return Effect::None();
  Effect oldest = std::move(impl_->effects.front());
  impl_->effects.pop_front();
  return oldest;
}

std::vector<Effect> BehaviorTestKitBase::RetrieveAllEffects() {
  std::vector<Effect> all;
  while (HasEffects()) all.push_back(RetrieveEffect());
  return all;
}

void BehaviorTestKitBase::ExpectEffect(const Effect& expected, Where where) {
  const Effect got = RetrieveEffect();
  if (got == expected) return;
  FailAt(where, StrCat("BehaviorTestKit ", TargetPath(impl_->cell), ": expected effect ",
                       expected.ToString(), ", got ", got.ToString()));
}

RefTarget* BehaviorTestKitBase::ShareChild(std::string_view name, const Where& where) const {
  ActorChildren* children = impl_->cell->children.load(std::memory_order_acquire);
  ActorCell* found = nullptr;
  // By the shown name, so that anonymous children ("$a") are found, too.
  for (ActorCell* child : children == nullptr ? std::vector<ActorCell*>() : children->Share()) {
    if (found == nullptr && child->DisplayName() == name) {
      found = child;
    } else {
      child->Unref();
    }
  }
  if (found != nullptr) return found;
  FailAt(where, StrCat("BehaviorTestKit ", TargetPath(impl_->cell), ": no child \"", name, "\""));
  return nullptr;
}

}  // namespace sampo::internal

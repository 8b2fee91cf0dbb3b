// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/actor_timers.h"

#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/dispatch/planted_bug.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/simulation_hook.h"
#include "sampo/actor/trace_scope.h"

namespace sampo::internal {

// What the service knows of the actor. Holds a count of the cell. Deleted by the actor's end, or,
// where it had fired by then, by whoever discards its message.
struct ActorTimers::Wakeup : TimerEntry, SystemMessage {
  Wakeup(ActorCell* actor) : TimerEntry(&Fire), SystemMessage(&Handle, &Discard), cell(actor) {
    cell->Ref();
  }
  ~Wakeup() { cell->Unref(); }
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  static void Fire(TimerEntry* entry) {
    auto* self = static_cast<Wakeup*>(entry);
    if (!self->cell->EnqueueSystem(self)) delete self;
  }
  static void Handle(SystemMessage* message, RefTarget*) {
    auto* self = static_cast<Wakeup*>(message);
    self->requested = false;
    self->cell->body->extras().timers->RunDue();
  }
  static void Discard(SystemMessage* message, RefTarget*) { delete static_cast<Wakeup*>(message); }

  ActorCell* const cell;
  bool requested = false;  // with the service, or fired and on its way here
};

struct ActorTimers::Keyed : ActorTimerNode {
  Keyed() : ActorTimerNode(&OnKeyedDue) {}
  // From the pool: a single timer that has fired is made anew when it is started again.
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }
  std::string text;
  int64_t number = 0;
  const void* kind = nullptr;
  KeyedTimerSettings settings;
  uint64_t generation = 0;
  UniqueFunction<Envelope*()> make;
};

ActorTimers::ActorTimers(ContextBase& context, TimerService& service)
    : context_(context), service_(service), wakeup_(new Wakeup(context.cell())) {}

ActorTimers::~ActorTimers() {
  // Where it has fired it is a system message by now, or will be one that is refused: then
  // whoever discards it deletes it. So this comes before the system messages are closed.
  if (!wakeup_->requested || service_.Cancel(wakeup_)) delete wakeup_;
}

void ActorTimers::Link(ActorTimerNode* node) {
  int lane = 0;
  while (lane < kLanes - 1 && lanes_[lane].last != nullptr &&
         lanes_[lane].last->deadline_nanos > node->deadline_nanos) {
    ++lane;
  }
  ActorTimerNode* before = lanes_[lane].last;
  while (before != nullptr && before->deadline_nanos > node->deadline_nanos) {
    before = before->previous;
  }
  ActorTimerNode* after = before == nullptr ? lanes_[lane].first : before->next;
  node->previous = before;
  node->next = after;
  (before == nullptr ? lanes_[lane].first : before->next) = node;
  (after == nullptr ? lanes_[lane].last : after->previous) = node;
  node->lane = static_cast<int8_t>(lane);
}

void ActorTimers::Arm(ActorTimerNode* node, int64_t deadline_nanos) {
  Disarm(node);
  if (deadline_nanos == kNeverNanos) return;
  node->deadline_nanos = deadline_nanos;
  Link(node);
  RequestWakeup();
}

void ActorTimers::Disarm(ActorTimerNode* node) {
  if (!node->armed()) return;
  Lane& lane = lanes_[node->lane];
  (node->previous == nullptr ? lane.first : node->previous->next) = node->next;
  (node->next == nullptr ? lane.last : node->next->previous) = node->previous;
  node->lane = -1;
}

ActorTimerNode* ActorTimers::Earliest() const {
  ActorTimerNode* earliest = nullptr;
  for (const Lane& lane : lanes_) {
    if (lane.first == nullptr) continue;
    if (earliest == nullptr || lane.first->deadline_nanos < earliest->deadline_nanos) {
      earliest = lane.first;
    }
  }
  return earliest;
}

void ActorTimers::RequestWakeup() {
  ActorTimerNode* earliest = Earliest();
  if (earliest == nullptr) return;  // a request for a deadline that is gone finds nothing due
  if (wakeup_->requested) {
    if (TimerEntry* entry = wakeup_; entry->deadline_nanos <= earliest->deadline_nanos) return;
    if (!service_.Cancel(wakeup_)) return;  // fired: RunDue will ask again
  }
  wakeup_->requested = true;
  service_.Schedule(wakeup_, earliest->deadline_nanos);
}

void ActorTimers::RunDue() {
  const int64_t now = service_.NowNanos();
  for (ActorTimerNode* node = Earliest(); node != nullptr && node->deadline_nanos <= now;
       node = Earliest()) {
    Disarm(node);
    node->due(node, context_);
  }
  RequestWakeup();
}

size_t ActorTimers::FindKeyed(const TimerKey& key) const {
  size_t index = 0;
  while (index < keyed_.size() &&
         !(keyed_[index]->kind == key.kind && keyed_[index]->number == key.number &&
           keyed_[index]->text == key.text)) {
    ++index;
  }
  return index;
}

void ActorTimers::StartKeyed(const TimerKey& key, KeyedTimerSettings settings,
                             UniqueFunction<Envelope*()> make) {
  size_t index = FindKeyed(key);
  if (index == keyed_.size()) {
    keyed_.push_back(std::make_unique<Keyed>());
    keyed_.back()->text = std::string(key.text);
    keyed_.back()->number = key.number;
    keyed_.back()->kind = key.kind;
  }
  Keyed& timer = *keyed_[index];
  timer.settings = settings;
  timer.make = std::move(make);
  timer.generation = ++last_generation_;
  int64_t now = service_.NowNanos();
  Arm(&timer,
      settings.initial_nanos >= kNeverNanos - now ? kNeverNanos : now + settings.initial_nanos);
}

void ActorTimers::EraseKeyed(size_t index) {
  Disarm(keyed_[index].get());
  keyed_.erase(keyed_.begin() + static_cast<std::ptrdiff_t>(index));
}

void ActorTimers::CancelKeyed(const TimerKey& key) {
  size_t index = FindKeyed(key);
  if (index < keyed_.size()) EraseKeyed(index);
}

bool ActorTimers::IsActive(const TimerKey& key) const { return FindKeyed(key) < keyed_.size(); }

void ActorTimers::CancelAllKeyed() {
  while (!keyed_.empty()) EraseKeyed(keyed_.size() - 1);
}

void ActorTimers::OnKeyedDue(ActorTimerNode* node, ContextBase& context) {
  auto* timer = static_cast<Keyed*>(node);
  ActorTimers& self = *context.extras().timers;
  context.EnqueueSelf(MakeEnvelope<uint64_t>(context.traced(), kTimerIndex, timer->generation));
  if (timer->settings.mode == TimerMode::kSingle) return;  // stays known until its tick is taken
  int64_t from = timer->settings.mode == TimerMode::kFixedRate ? timer->deadline_nanos
                                                               : self.service_.NowNanos();
  timer->deadline_nanos = from + timer->settings.interval_nanos;
  self.Link(timer);
}

Envelope* ActorTimers::TakeTick(uint64_t generation) {
  for (size_t index = 0; index < keyed_.size(); ++index) {
    if (keyed_[index]->generation != generation && !IsPlanted(PlantedBug::kTickAfterCancel)) {
      continue;
    }
    Envelope* message = keyed_[index]->make();
    if (keyed_[index]->settings.mode == TimerMode::kSingle) EraseKeyed(index);
    return message;
  }
  return nullptr;
}

namespace {

ActorTimers& TimersOf(ContextBase& context) {
  Extras& extras = context.extras();
  if (extras.timers == nullptr) {
    extras.timers = std::make_unique<ActorTimers>(context, context.System().timers());
  }
  return *extras.timers;
}

ActorTimers* TimersOrNull(ContextBase& context) {
  Extras* extras = context.extras_or_null();
  return extras == nullptr ? nullptr : extras->timers.get();
}

}  // namespace

void ArmTimer(ContextBase& context, ActorTimerNode* node, int64_t deadline_nanos) {
  TimersOf(context).Arm(node, deadline_nanos);
}

void DisarmTimer(ContextBase& context, ActorTimerNode* node) {
  if (node->armed()) TimersOf(context).Disarm(node);
}

void StartKeyedTimer(ContextBase& context, const TimerKey& key, KeyedTimerSettings settings,
                     UniqueFunction<Envelope*()> make) {
  context.CheckThread("Timers().Start...");
  if (settings.mode != TimerMode::kSingle && settings.interval_nanos <= 0) {
    return context.FailTurn(absl::InvalidArgumentError(
        StrCat("actor ", context.path(), ": timer ", std::string(key.text),
               ": the interval of a repeated timer must be more than zero")));
  }
  NoteEffect(context, {.kind = EffectKind::kTimerStarted, .key = &key, .timer = settings});
  if (context.traced()) [[unlikely]] {
    // The tick works for the trace of whoever started the timer. Not a scope: it is made inside
    // that of the tick's carrier, which ends after the tick was handled.
    make = [ids = CurrentTraceIds(), make = std::move(make)]() mutable {
      internal::thread_trace.ids = ids;
      return make();
    };
  }
  TimersOf(context).StartKeyed(key, settings, std::move(make));
}

void EndTimers(ContextBase& context) {
  if (Extras* extras = context.extras_or_null()) extras->timers.reset();
}

void CancelKeyedTimer(ContextBase& context, const TimerKey& key) {
  context.CheckThread("Timers().Cancel");
  NoteEffect(context, {.kind = EffectKind::kTimerCancelled, .key = &key});
  if (ActorTimers* timers = TimersOrNull(context)) timers->CancelKeyed(key);
}

void CancelAllKeyedTimers(ContextBase& context) {
  ActorTimers* timers = TimersOrNull(context);
  if (timers == nullptr) return;
  NoteEffect(context, {.kind = EffectKind::kAllTimersCancelled});
  timers->CancelAllKeyed();
}

bool IsKeyedTimerActive(ContextBase& context, const TimerKey& key) {
  ActorTimers* timers = TimersOrNull(context);
  return timers != nullptr && timers->IsActive(key);
}

}  // namespace sampo::internal

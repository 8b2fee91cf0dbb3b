// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/tracing.h"

#include <cstring>
#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/root_cell.h"

namespace sampo {

TraceContext TraceIds::ToContext() const {
  if (!IsValid()) return {};
  absl::StatusOr<TraceContext> context = TraceContext::FromIds(trace_id, parent_id, flags);
  return context.ok() ? *std::move(context) : TraceContext();
}

ActorSystemBase& ObservedActor::system() const { return context_.System(); }
std::string ObservedActor::path() const { return context_.path(); }
uint32_t ObservedActor::uid() const { return context_.cell()->uid(); }

namespace internal {

thread_local constinit ThreadTrace thread_trace __attribute__((tls_model("initial-exec")));

namespace {

constexpr int kTimeShift = 8;
constexpr uint64_t kFlagsMask = 0xFF;
// Name of the class that takes what exceeds kActorClassesMax.
constexpr std::string_view kOtherClass = "other";

uint64_t TimeWord(int64_t nanos) { return static_cast<uint64_t>(nanos + 1) << kTimeShift; }

// Nanoseconds from `enqueued` to `now`; -1: not known.
int64_t Waited(uint64_t enqueued, int64_t now_nanos) {
  const uint64_t time = enqueued & ~kFlagsMask;
  if (time == 0) return -1;
  // Both are modulo 2^56 in the upper bits; the sign comes back with the arithmetic shift.
  const int64_t waited = static_cast<int64_t>(TimeWord(now_nanos) - time) >> kTimeShift;
  return waited < 0 ? 0 : waited;
}

Observation* ObservationOf(const ContextBase& context) {
  return static_cast<RootCell*>(context.cell()->Root())->observation.get();
}

ActorClass* ClassOf(ContextBase& context) {
  Extras* extras = context.extras_or_null();
  bool observed = extras != nullptr && extras->observed != nullptr;
  return observed ? extras->observed->actor_class : nullptr;
}

void ReadRecord(Envelope& envelope, ThreadTrace* trace) {
  const TraceRecord& record = RecordOf(envelope);
  trace->ids.trace_id = record.trace_id;
  trace->ids.parent_id = record.parent_id;
  trace->ids.flags = static_cast<uint8_t>(record.word & kFlagsMask);
  trace->enqueued = record.word;
}

}  // namespace

void* AllocateTracedBlock(size_t bytes) {
  char* block = static_cast<char*>(AllocateBlock(bytes + kTraceBytes));
  const TraceIds& ids = thread_trace.ids;
  ::new (block + bytes) TraceRecord{ids.trace_id, ids.parent_id, ids.flags};
  return block;
}

TraceRecord& RecordOf(Envelope& envelope) {
  size_t bytes = Envelope::PayloadOffset(envelope.type->alignment) + envelope.type->size;
  bytes = (bytes + 15) / 16 * 16;
  return *std::launder(reinterpret_cast<TraceRecord*>(reinterpret_cast<char*>(&envelope) + bytes));
}

Observation::Observation(std::shared_ptr<Instrumentation> instrumentation,
                         std::shared_ptr<TimerService> timers)
    : instrumentation_(std::move(instrumentation)), timers_(std::move(timers)) {}

ActorClass& Observation::ClassOf(std::string_view name) {
  std::lock_guard guard(mutex_);
  auto found = classes_.find(name);
  if (found != classes_.end()) return *found->second;
  if (classes_.size() >= kActorClassesMax) name = kOtherClass;
  auto [place, added] = classes_.try_emplace(std::string(name));
  if (added) place->second = instrumentation_->MakeActorClass(name);
  return *place->second;
}

void ObserveCell(ActorCell* cell, Observation& observation) {
  Extras& extras = cell->body->extras();
  extras.observed = std::make_unique<ObservedParts>();
  extras.observed->actor_class = &observation.ClassOf(
      extras.tags.empty() ? cell->body->protocol().whole->name : extras.tags.front());
  cell->body->set(kObserved);
}

void StampRecord(ActorCell* target, Envelope* envelope) {
  auto* root = static_cast<RootCell*>(target->Root());
  if (root->observation == nullptr) return;
  uint64_t& word = RecordOf(*envelope).word;
  word = (word & kFlagsMask) | TimeWord(root->observation->NowNanos());
}

TracedMessage::TracedMessage(ContextBase& context, Envelope& envelope)
    : context_(context), saved_(thread_trace) {
  // Without a record: what a message of the library was turned into; it works for its carrier.
  if (envelope.flags & kHasTrace) ReadRecord(envelope, &thread_trace);
  if (envelope.index >= kInternalIndexMin || context.has(kRestarting)) return;
  ActorClass* actor_class = ClassOf(context);
  if (actor_class == nullptr) return;
  type_ = envelope.type;
  begun_nanos_ = context.NowNanos();
  mailbox_nanos_ = Waited(thread_trace.enqueued, begun_nanos_);
  depth_ = context.cell()->Depth();
  ObservationOf(context)->instrumentation().BeforeMessage(
      ObservedActor(context, *actor_class), {*type_, mailbox_nanos_, depth_}, thread_trace.ids);
}

TracedMessage::~TracedMessage() {
  if (type_ != nullptr) {
    ObservationOf(context_)->instrumentation().AfterMessage(
        ObservedActor(context_, *ClassOf(context_)), {*type_, mailbox_nanos_, depth_},
        thread_trace.ids, context_.NowNanos() - begun_nanos_);
  }
  thread_trace = saved_;
}

ThreadTrace TraceOf(Envelope& envelope) {
  ThreadTrace trace;
  if (envelope.flags & kHasTrace) ReadRecord(envelope, &trace);
  return trace;
}

namespace {

constexpr RefTargetOps kTracedTargetOps = {
    nullptr, nullptr, [](RefTarget* target) { delete static_cast<TracedTarget*>(target); },
    [](const RefTarget* target, std::string* out) {
      static_cast<const TracedTarget*>(target)->cell->AppendPath(out, /*with_uid=*/true);
    }};

}  // namespace

TracedTarget::TracedTarget(ActorCell* of)
    : RefTarget(&kTracedTargetOps, 0), cell(of), ids(CurrentTraceIds()) {
  cell->Ref();
}
TracedTarget::~TracedTarget() { cell->Unref(); }

RefTarget* ShareForPipe(const ContextBase& context) {
  if (context.traced()) [[unlikely]]
    return new TracedTarget(context.cell());
  context.cell()->Ref();
  return context.cell();
}

namespace {

ObservedParts* PartsOf(ContextBase& context) {
  Extras* extras = context.extras_or_null();
  return extras == nullptr ? nullptr : extras->observed.get();
}

}  // namespace

void KeepTrace(ContextBase& context, uintptr_t key) {
  ObservedParts* parts = PartsOf(context);
  if (parts != nullptr && CurrentTraceIds().IsValid()) parts->traces[key] = CurrentTraceIds();
}

TraceIds KeptTrace(ContextBase& context, uintptr_t key) {
  ObservedParts* parts = PartsOf(context);
  if (parts == nullptr) return {};
  auto found = parts->traces.find(key);
  return found == parts->traces.end() ? TraceIds() : found->second;
}

void DropTrace(ContextBase& context, uintptr_t key) {
  if (ObservedParts* parts = PartsOf(context)) parts->traces.erase(key);
}

void ObserveStart(ContextBase& context) {
  ActorClass* actor_class = ClassOf(context);
  if (actor_class == nullptr) return;
  context.extras().observed->started = true;
  ObservationOf(context)->instrumentation().OnActorStarted(ObservedActor(context, *actor_class));
}

void ObserveFailure(ContextBase& context, const absl::Status& status, std::string_view decision) {
  ActorClass* actor_class = ClassOf(context);
  if (actor_class == nullptr) return;
  ObservationOf(context)->instrumentation().OnActorFailed(ObservedActor(context, *actor_class),
                                                          status, decision);
}

void ObserveRestart(ContextBase& context) {
  ActorClass* actor_class = ClassOf(context);
  if (actor_class == nullptr) return;
  ObservationOf(context)->instrumentation().OnActorRestarted(ObservedActor(context, *actor_class));
}

void ObserveStop(ContextBase& context) {
  ActorClass* actor_class = ClassOf(context);
  if (actor_class == nullptr || !context.extras().observed->started) return;
  ObservationOf(context)->instrumentation().OnActorStopped(ObservedActor(context, *actor_class));
}

}  // namespace internal
}  // namespace sampo

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/internal/simulation_core.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/dispatch/planted_bug.h"
#include "sampo/actor/future.h"

namespace sampo {
namespace {

using internal::ActorCell;

// The seed's parts, so that one more draw in one does not shift the others.
enum Stream : uint64_t {
  kPolicyStream = 1,
  kDelayStream,
  kSettingsStream,
  kUserStream,
  kPreemptionStream
};
uint64_t StreamSeed(uint64_t seed, Stream stream) { return MixBits(seed ^ MixBits(stream)); }

// Turns that a shutdown still runs. Chosen, not measured.
constexpr int kDrainTurnsMax = 100'000;

// How often a preemption point lets others run, how many steps, how deep. Chosen, not measured.
constexpr double kPreemptionChance = 0.25;
constexpr uint64_t kPreemptionStepsMax = 3;
constexpr int kPreemptionDepthMax = 2;

// A fixed day, so that wall times are the same in each run: 2026-01-01T00:00:00Z.
constexpr int64_t kWallStartSeconds = 1'767'225'600;

class SimulatedDispatcher final : public Dispatcher {
 public:
  SimulatedDispatcher(std::shared_ptr<SimulatedRuntime::Core> core, int system)
      : Dispatcher("simulated"), core_(std::move(core)), system_(system) {}
  int Shutdown(absl::Duration) override {
    if (!std::exchange(shut_down_, true)) core_->Drain(this);
    return 0;
  }
  std::vector<WorkerSnapshot> Describe() const override {
    return {{.queued = static_cast<int64_t>(core_->ReadyOf(this))}};
  }

 private:
  void ExecuteFromOutside(Runnable* runnable) override {
    if (!shut_down_) core_->Add(this, system_, runnable);
  }
  const std::shared_ptr<SimulatedRuntime::Core> core_;
  const int system_;
  bool shut_down_ = false;
};

// The simulations that live on this thread, newest last.
std::vector<SimulatedRuntime::Core*>& Simulations() {
  static thread_local std::vector<SimulatedRuntime::Core*> all;
  return all;
}

absl::Status RefuseInsideActor() {
  internal::ContextBase* context = internal::CurrentContext();
  if (context == nullptr) return absl::OkStatus();
  return absl::FailedPreconditionError(StrCat("Await in actor ", context->path(),
                                              ": an actor must not wait; use PipeToSelf or Ask"));
}

void Drive(void* driver, bool (*ready)(const void*), const void* state, absl::Duration timeout) {
  auto& core = *static_cast<SimulatedRuntime::Core*>(driver);
  const int64_t limit = DeadlineNanos(core.now_nanos, timeout);
  absl::Status ran = core.StepUntil([&] { return ready(state); }, limit);
  if (!ran.ok()) std::fprintf(stderr, "Await: %s\n", ran.ToString().c_str());
  if (ran.ok() && !ready(state) && limit != kNeverNanos) core.AdvanceTo(limit);
}

void Serve() {
  std::vector<SimulatedRuntime::Core*>& all = Simulations();
  internal::simulation_hook = all.empty() ? nullptr : all.back();
  await_hook = all.empty() ? AwaitHook{} : AwaitHook{&RefuseInsideActor, &Drive, all.back()};
  internal::SetPreemptionPoint([] {
    if (!Simulations().empty()) Simulations().back()->OnPreemptionPoint();
  });
}

// Makes a simulation the thread's hook while it runs.
class HookScope {
 public:
  explicit HookScope(internal::SimulationHook* hook)
      : saved_(std::exchange(internal::simulation_hook, hook)) {}
  HookScope(const HookScope&) = delete;
  ~HookScope() { internal::simulation_hook = saved_; }

 private:
  internal::SimulationHook* const saved_;
};

bool IsActor(const Runnable* runnable) { return runnable->run == &ActorCell::RunTurn; }

std::string TextOfTime(int64_t nanos) {
  return StrCat("+", absl::FormatDuration(absl::Nanoseconds(nanos)), " ");
}

uint64_t HashOfText(std::string_view text) {  // FNV-1a: the same everywhere
  uint64_t hash = 0xCBF29CE484222325ull;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  return hash;
}

}  // namespace

SimulatedRuntime::Core::Core(SimulationOptions with)
    : options(with),
      user_random(StreamSeed(with.seed, kUserStream)),
      settings_random(StreamSeed(with.seed, kSettingsStream)),
      hash(MixBits(with.seed)),
      thread_(std::this_thread::get_id()),
      policy_(internal::SchedulePolicy::Make({.kind = with.policy,
                                              .seed = StreamSeed(with.seed, kPolicyStream),
                                              .change_points = with.change_points,
                                              .steps_expected = with.steps_expected})),
      delay_random_(StreamSeed(with.seed, kDelayStream)),
      preemption_random_(StreamSeed(with.seed, kPreemptionStream)) {}

void SimulatedRuntime::Core::Attach() {
  Simulations().push_back(this);
  Serve();
}

void SimulatedRuntime::Core::Detach() {
  SAMPO_CHECK(thread_ == std::this_thread::get_id(),
              "a SimulatedRuntime ends on the thread that made it");
  std::erase(Simulations(), this);
  Serve();
}

ActorRuntime SimulatedRuntime::Core::MakeRuntime() {
  // Those whose system is gone.
  std::erase_if(timers_, [](const auto& timers) { return timers.use_count() == 1; });
  timers_.push_back(
      std::make_shared<ManualTimerService>(now_nanos, absl::FromUnixSeconds(kWallStartSeconds)));
  auto dispatcher = std::make_shared<SimulatedDispatcher>(shared_from_this(), ++systems_);
  ActorRuntime runtime;
  runtime.dispatcher = dispatcher;
  runtime.internal_dispatcher = dispatcher;
  runtime.blocking_dispatcher = dispatcher;
  runtime.make_pinned = [dispatcher]() -> std::shared_ptr<Dispatcher> { return dispatcher; };
  runtime.timers = timers_.back();
  return runtime;
}

void SimulatedRuntime::Core::Add(Dispatcher* dispatcher, int system, Runnable* runnable) {
  SAMPO_CHECK(thread_ == std::this_thread::get_id(),
              "a simulated system was used from a second thread; the simulation has one");
  uint64_t identity =
      IsActor(runnable)
          ? IdentityOf(static_cast<ActorCell*>(static_cast<Mailbox*>(runnable)), system)
          : MixBits(~++tasks_);
  ready_.push_back({runnable, dispatcher});
  identities_.push_back(identity);
}

uint64_t SimulatedRuntime::Core::IdentityOf(const ActorCell* cell, int system) {
  auto bits = static_cast<uint64_t>(system);
  for (; cell != nullptr; cell = cell->parent) bits = MixBits(bits ^ cell->spawn_number);
  return bits;
}

void SimulatedRuntime::Core::Drain(Dispatcher* dispatcher) {
  auto next = [&] {
    return std::find_if(ready_.begin(), ready_.end(),
                        [&](const Ready& each) { return each.dispatcher == dispatcher; });
  };
  int turns = 0;
  for (auto it = next(); it != ready_.end(); it = next()) {
    const auto index = it - ready_.begin();
    if (++turns <= kDrainTurnsMax) {
      RunReady(static_cast<size_t>(index));
      continue;
    }
    ready_.erase(it);
    identities_.erase(identities_.begin() + index);
  }
}

size_t SimulatedRuntime::Core::ReadyOf(const Dispatcher* dispatcher) const {
  return static_cast<size_t>(std::count_if(ready_.begin(), ready_.end(), [&](const Ready& each) {
    return each.dispatcher == dispatcher;
  }));
}

int64_t SimulatedRuntime::Core::NextDeadlineNanos() const {
  int64_t next = kNeverNanos;
  for (const auto& timers : timers_) next = std::min(next, timers->NextDeadlineNanos());
  return next;
}

void SimulatedRuntime::Core::AdvanceTo(int64_t nanos) {
  now_nanos = std::max(now_nanos, nanos);
  const auto services = timers_;  // a callback may end or make a system
  for (const auto& timers : services) timers->AdvanceTo(now_nanos);
}

// Whether a timer goes first although runnables are ready.
bool SimulatedRuntime::Core::PutsOff(int64_t next_deadline) {
  if (options.delay_chance <= 0) return false;
  if (next_deadline > DeadlineNanos(now_nanos, options.delay_max)) return false;
  return delay_random_.Fraction() < options.delay_chance;
}

bool SimulatedRuntime::Core::Step(int64_t limit_nanos) {
  SAMPO_CHECK(internal::CurrentContext() == nullptr,
              "a simulation is run from outside of actors, and this is an actor's turn");
  HookScope scope(this);
  const int64_t next = NextDeadlineNanos();
  const bool timer = next != kNeverNanos && next <= limit_nanos;
  if (ready_.empty() || (timer && PutsOff(next))) {
    if (!timer) return false;
    AdvanceTo(next);
    Mix(static_cast<uint64_t>(now_nanos));
    if (keeps_text()) text_ = StrCat(steps, " ", TextOfTime(now_nanos), "timers");
    EndStep();
    return true;
  }
  RunReady(policy_->Pick(identities_));
  return true;
}

void SimulatedRuntime::Core::RunReady(size_t index) {
  HookScope scope(this);
  const Ready ready = ready_[index];
  const uint64_t identity = identities_[index];
  ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(index));
  identities_.erase(identities_.begin() + static_cast<std::ptrdiff_t>(index));
  Mix(static_cast<uint64_t>(now_nanos));
  Mix(identity);
  if (keeps_text()) {
    text_ = StrCat(steps, " ", TextOfTime(now_nanos));
    text_ += IsActor(ready.runnable)
                 ? static_cast<ActorCell*>(static_cast<Mailbox*>(ready.runnable))->Path()
                 : std::string("(task)");
  }
  Turn turn{ready.dispatcher, /*messages_max=*/1, &slice_over_};
  // A turn leaves its actor behind as the thread's current one; this thread also runs the test.
  const internal::CurrentTurn outside = internal::current_turn;
  const bool more = ready.runnable->run(ready.runnable, turn);
  internal::current_turn = outside;
  if (more) {
    ready_.push_back(ready);
    identities_.push_back(identity);
  }
  EndStep();
}

void SimulatedRuntime::Core::EndStep() {
  if (keeps_text()) trace.push_back({hash, std::exchange(text_, {})});
  ++steps;
}

absl::Status SimulatedRuntime::Core::StepUntil(const std::function<bool()>& done,
                                               int64_t limit_nanos) {
  for (int64_t left = options.steps_max; !done(); --left) {
    if (left <= 0) {
      return absl::ResourceExhaustedError(
          StrCat("simulation with seed ", options.seed, ": no end after ", options.steps_max,
                 " steps (steps_max), at ", absl::FormatDuration(absl::Nanoseconds(now_nanos)),
                 " with ", ready_.size(), " ready; a periodic timer needs RunFor or RunUntil"));
    }
    if (!Step(limit_nanos)) break;
  }
  return absl::OkStatus();
}

void SimulatedRuntime::Core::OnPreemptionPoint() {
  if (preemption_depth_ >= kPreemptionDepthMax) return;
  if (preemption_random_.Fraction() >= kPreemptionChance) return;
  ++preemption_depth_;
  std::string outer_text = std::exchange(text_, {});
  for (uint64_t left = 1 + preemption_random_.Below(kPreemptionStepsMax);
       left > 0 && !ready_.empty(); --left) {
    RunReady(policy_->Pick(identities_));
  }
  text_ = std::move(outer_text);
  --preemption_depth_;
}

void SimulatedRuntime::Core::OnMessage(internal::ContextBase& context, const Envelope& envelope) {
  Mix(uint64_t{envelope.index} + 1);
  if (!envelope.type->stable_name.empty()) Mix(HashOfText(envelope.type->stable_name));
  if (keeps_text()) text_ += StrCat(" <- ", envelope.type->name, "[", envelope.index, "]");
  if (listener_ != nullptr) listener_->OnMessage(context, envelope);
}

void SimulatedRuntime::Core::OnResult(internal::ContextBase& context, internal::Word next) {
  if (listener_ != nullptr) listener_->OnResult(context, next);
}

void SimulatedRuntime::Core::OnFailure(internal::ContextBase& context, const Failure& failure) {
  if (keeps_text()) text_ += StrCat(" failed: ", failure.status.ToString());
  if (listener_ != nullptr) listener_->OnFailure(context, failure);
}

void SimulatedRuntime::Core::OnEffect(internal::ContextBase& context,
                                      const internal::EffectNote& note) {
  if (listener_ != nullptr) listener_->OnEffect(context, note);
}

}  // namespace sampo

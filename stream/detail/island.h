// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Island: the stages that run fused in one actor, with their timers and their way to be called from
// outside. StreamRun: the islands of one materialization.
//
// Threads: Post from any; Read from any (reports); the rest on the turn of the actor, or before it
// starts. Lifetime: counted; the stages end with the actor.
#ifndef SAMPO_STREAM_DETAIL_ISLAND_H_
#define SAMPO_STREAM_DETAIL_ISLAND_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/stream/attributes.h"
#include "sampo/stream/detail/interpreter.h"
#include "sampo/stream/detail/ref_counted.h"
#include "sampo/stream/detail/shared_attributes.h"

namespace sampo {
class ActorSystemBase;
}

namespace sampo::stream {

class Materializer;

namespace internal {

class Island;
class IslandTimers;
class RunList;
class StreamRun;

// The protocol of an island's actor: something to call; empty: go on.
struct IslandEvent {
  static constexpr std::string_view kMessageName = "stream.event";
  static constexpr bool kSuppressDeadLetter = true;  // a late callback is nobody's loss
  UniqueFunction<void()> run;
};

// Ends an island that is never started: when the message or the behavior that was to do so is lost.
class StartGuard {
 public:
  explicit StartGuard(Ref<Island> island);
  StartGuard(StartGuard&& other) noexcept;
  StartGuard& operator=(StartGuard&&) = delete;
  ~StartGuard();
  const Ref<Island>& island() const { return island_; }
  // Somebody else sees to it from now on.
  Ref<Island> Release() { return std::move(island_); }

 private:
  Ref<Island> island_;
};

// What is to be done at the end of each turn in which it asked for it.
class TurnEndHook {
 public:
  virtual void OnTurnEnd() = 0;
  TurnEndHook* next_hook = nullptr;
  bool is_hooked = false;

 protected:
  ~TurnEndHook() = default;
};

class Island final : public RefCounted {
 public:
  Island(Ref<StreamRun> run, SharedAttributes attributes, int number);
  ~Island() override;

  Interpreter& interpreter() { return interpreter_; }
  StreamRun& run() const { return *run_; }
  const Attributes& attributes() const { return attributes_->value; }
  int number() const { return number_; }
  ActorSystemBase& system() const;

  // From any thread: runs `call` on a turn of the actor, in the order of the calls of one thread.
  // Destroys it where the actor has ended.
  void Post(UniqueFunction<void()> call);
  // The actor that is to run this island. Where it never does, the stages end at once.
  Behavior<IslandEvent> MakeBehavior();
  // What is left of the stages ends, unless the actor has started.
  void EndUnlessStarted();

  // On the turn.
  ActorContext<IslandEvent>* context() const { return context_; }
  IslandTimers& timers() { return *timers_; }
  void AtTurnEnd(TurnEndHook* hook) {
    if (hook->is_hooked) return;
    hook->is_hooked = true;
    hook->next_hook = hooks_;
    hooks_ = hook;
  }
  void CancelTurnEnd(TurnEndHook* hook);
  // The time now, not that of the turn's beginning.
  int64_t NowNanos() const;

  // For reports, from any thread: calls `read` while no turn runs. False: one runs now.
  template <class F>
  bool Read(F read) {
    std::unique_lock lock(turn_, std::try_to_lock);
    if (!lock.owns_lock()) return false;
    read();
    return true;
  }
  int64_t busy_since_nanos() const { return busy_since_.load(std::memory_order_relaxed); }
  bool has_ended() const { return ended_.load(std::memory_order_acquire); }

 private:
  friend class StreamActor;
  void Start(ActorContext<IslandEvent>& context);
  // Runs `event`; false when the island is done and its actor is to stop.
  bool Turn(IslandEvent* event);
  void End();
  void ArmTimer();
  void RunHooks();

  const Ref<StreamRun> run_;
  const SharedAttributes attributes_;
  const int number_;
  Interpreter interpreter_;
  std::unique_ptr<IslandTimers> timers_;
  std::mutex turn_;  // held during turns, and by reports
  std::atomic<int64_t> busy_since_{0};
  ActorContext<IslandEvent>* context_ = nullptr;
  TurnEndHook* hooks_ = nullptr;
  bool continue_sent_ = false;

  std::atomic<bool> started_{false};
  std::atomic<bool> ended_{false};
  std::mutex early_mutex_;
  std::vector<IslandEvent> early_;  // posted before the actor started; bounded by its start
  ActorRef<IslandEvent> self_;      // written before started_
};

// One materialization: what its islands share. Known to the system's StreamRegistry while it runs.
class StreamRun final : public RefCounted {
 public:
  explicit StreamRun(const Materializer& materializer);
  ~StreamRun() override;

  ActorSystemBase& system() const { return system_; }
  // For streams that a stage starts.
  Materializer& materializer() { return *materializer_; }
  uint64_t id() const { return id_; }
  // The first island has 0.
  int NextIslandNumber() { return ++last_island_; }
  void AddIsland(Island* island);
  void RemoveIsland(Island* island);
  // Calls `visit(Island&)` for the islands that have not ended, in the order of their numbers.
  template <class Visit>
  void ForEachIsland(Visit visit) {
    std::vector<Ref<Island>> islands;
    {
      std::lock_guard guard(mutex_);
      for (Island* island : islands_) {
        if (island->TryAddRef()) islands.push_back(Ref<Island>::Adopt(island));
      }
    }
    for (const Ref<Island>& island : islands) visit(*island);
  }

 private:
  ActorSystemBase& system_;
  const std::unique_ptr<Materializer> materializer_;
  const std::shared_ptr<RunList> list_;
  const uint64_t id_;
  std::mutex mutex_;
  std::vector<Island*> islands_;
  std::atomic<int> last_island_{0};
};

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_DETAIL_ISLAND_H_

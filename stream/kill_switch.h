// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// KillSwitches: flows that let everything through until they are told from outside to end.
//
// UniqueKillSwitch: one for each materialization, its value. SharedKillSwitch: made before, for any
// number of streams, also such as start after it was thrown. Shutdown completes downstream and
// cancels upstream; Abort fails both. The first call of either counts.
// Threads: switches are values, used from any thread; they outlive their streams.
//
//   auto [stop, done] = source.ViaMat(KillSwitches::Single<int>(), KeepRight())
//                           .ToMat(Sink<int>::Ignore(), KeepBoth()).Run(system);
//   stop.Shutdown();
#ifndef SAMPO_STREAM_KILL_SWITCH_H_
#define SAMPO_STREAM_KILL_SWITCH_H_

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/check.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/ref_counted.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/timeouts.h"
#include "sampo/stream/flow.h"

namespace sampo::stream {

template <class I1, class O1, class I2, class O2, class Mat>
class BidiFlow;

namespace internal {

class KillState final : public RefCounted {
 public:
  using Watcher = AsyncCallback<absl::Status>;
  using Place = std::list<Watcher>::iterator;

  // The first call tells all stages.
  void Decide(absl::Status end) {
    std::list<Watcher> watchers;
    {
      std::lock_guard guard(mutex_);
      if (end_) return;
      end_ = end;
      watchers = watchers_;
    }
    for (Watcher& watcher : watchers) watcher.Invoke(end);
  }
  // `watcher` is told, now if it is decided already.
  Place Add(Watcher watcher) {
    std::lock_guard guard(mutex_);
    if (end_) watcher.Invoke(*end_);
    return watchers_.insert(watchers_.end(), std::move(watcher));
  }
  void Remove(Place place) {
    std::lock_guard guard(mutex_);
    watchers_.erase(place);
  }

 private:
  std::mutex mutex_;
  std::optional<absl::Status> end_;
  std::list<Watcher> watchers_;  // as many as stages run with this switch
};

// What all stages with a switch do.
class KillableLogic : public GraphStageLogic {
 public:
  explicit KillableLogic(Ref<KillState> state) : state_(std::move(state)) {}
  void PreStart() override {
    place_ = state_->Add(GetAsyncCallback<absl::Status>([this](const absl::Status& end) {
      if (end.ok()) {
        CompleteStage();
      } else {
        FailStage(end);
      }
    }));
  }
  void PostStop() override { state_->Remove(place_); }
  void OnActivity() {}

 private:
  const Ref<KillState> state_;
  KillState::Place place_;
};

template <class T>
class KillSwitchLogic final : public KillableLogic {
 public:
  using KillableLogic::KillableLogic;

 private:
  Inlet<T> in_{this, "in"};
  Outlet<T> out_{this, "out"};
  Lane<T, KillSwitchLogic> lane_{this, in_, out_};
};

// Inlets: down, up; outlets likewise.
template <class Down, class Up>
class KillSwitchBidiLogic final : public KillableLogic {
 public:
  using KillableLogic::KillableLogic;

 private:
  Inlet<Down> down_in_{this, "down-in"};
  Inlet<Up> up_in_{this, "up-in"};
  Outlet<Down> down_out_{this, "down-out"};
  Outlet<Up> up_out_{this, "up-out"};
  Lane<Down, KillSwitchBidiLogic> down_{this, down_in_, down_out_};
  Lane<Up, KillSwitchBidiLogic> up_{this, up_in_, up_out_};
};

}  // namespace internal

// What both kinds can do.
class KillSwitch {
 public:
  // Completes downstream, cancels upstream.
  void Shutdown() const { state_->Decide(absl::OkStatus()); }
  // Fails both with `failure`, which is not OK.
  void Abort(absl::Status failure) const {
    SAMPO_CHECK(!failure.ok(), "KillSwitch::Abort with an OK status");
    state_->Decide(std::move(failure));
  }

 protected:
  explicit KillSwitch(internal::Ref<internal::KillState> state) : state_(std::move(state)) {}
  internal::Ref<internal::KillState> state_;
};

class UniqueKillSwitch final : public KillSwitch {
 private:
  friend class KillSwitches;
  explicit UniqueKillSwitch(internal::Ref<internal::KillState> state)
      : KillSwitch(std::move(state)) {}
};

class SharedKillSwitch final : public KillSwitch {
 public:
  const std::string& name() const { return *name_; }
  // A flow that this switch ends; its value is the switch.
  template <class T>
  Flow<T, T, SharedKillSwitch> AsFlow(SourceLocation where = SourceLocation::Current()) const {
    return Flow<T, T, SharedKillSwitch>(
        internal::MakeStage<SharedKillSwitch>("sharedKillSwitch", where, [self = *this] {
          return internal::NewLogicWith<internal::KillSwitchLogic<T>>(self, self.state_);
        }));
  }

 private:
  friend class KillSwitches;
  SharedKillSwitch(internal::Ref<internal::KillState> state, std::string name)
      : KillSwitch(std::move(state)), name_(std::make_shared<const std::string>(std::move(name))) {}
  std::shared_ptr<const std::string> name_;
};

class KillSwitches {
 public:
  // A flow with a switch of its own for each materialization.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does,
  // or at Shutdown. Cancels when: downstream does, or at Shutdown. Tested by: kill_switch_test.cc.
  template <class T>
  static Flow<T, T, UniqueKillSwitch> Single(SourceLocation where = SourceLocation::Current()) {
    return Flow<T, T, UniqueKillSwitch>(Make<internal::KillSwitchLogic<T>>(where));
  }
  // The same for both ways of a BidiFlow.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does,
  // or at Shutdown. Cancels when: downstream does, or at Shutdown. Tested by: kill_switch_test.cc.
  template <class Down, class Up>
  static auto SingleBidi(SourceLocation where = SourceLocation::Current()) {
    return BidiFlow<Down, Down, Up, Up, UniqueKillSwitch>(
        Make<internal::KillSwitchBidiLogic<Down, Up>>(where));
  }
  // A switch for streams to come.
  static SharedKillSwitch Shared(std::string name) {
    return SharedKillSwitch(internal::MakeRef<internal::KillState>(), std::move(name));
  }

 private:
  template <class Logic>
  static internal::BlueprintRef<UniqueKillSwitch> Make(SourceLocation where) {
    return internal::MakeStage<UniqueKillSwitch>("killSwitch", where, [] {
      auto state = internal::MakeRef<internal::KillState>();
      return internal::NewLogicWith<Logic>(UniqueKillSwitch(state), state);
    });
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_KILL_SWITCH_H_

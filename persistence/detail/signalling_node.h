// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SignallingNode: what a persistent actor tells its signal handler, and how its recovery and its
// writes end; the same for both kinds of behavior but for the types of the signals.
//
// `Signals` has: Signal (a variant), PersistRejected and PersistFailed (of it), and kRecord, what a
// write stores: "event" or "revision".
// Threads, lifetime: as PersistentNode.
#ifndef SAMPO_PERSISTENCE_DETAIL_SIGNALLING_NODE_H_
#define SAMPO_PERSISTENCE_DETAIL_SIGNALLING_NODE_H_

#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/signal.h"
#include "sampo/persistence/detail/persistent_node.h"
#include "sampo/persistence/signals.h"
#include "sampo/persistence/write_outcome.h"

namespace sampo::persistence::internal {

template <class Signals>
class SignallingNode : public PersistentNode {
 public:
  using PersistentNode::PersistentNode;

 protected:
  using Signal = typename Signals::Signal;

  // True: somebody handled it. May throw what the user's handler throws.
  virtual bool CallSignalHandler(const Signal& signal) = 0;

  // Tells the user's handler. Where it throws, the state machine goes on, and the turn fails.
  void EmitSignal(const Signal& signal) {
    NotePhase();
    try {
      CallSignalHandler(signal);
    } catch (...) {  // of the user's handler
      absl::Status status = StatusOfHandlerException();
      // A failed turn would be restarted; who is fenced must not be.
      if (std::holds_alternative<WriterFenced>(signal)) {
        return Log().Error(Named("on_signal of WriterFenced: "), status.ToString());
      }
      context().FailTurn(std::move(status));
    }
  }

  Word FailRecovery(absl::Status status) final {
    ReleasePermit();
    set_phase(Phase::kEnded);
    absl::Status named(status.code(), Named(StrCat("recovery: ", std::string(status.message()))));
    EmitSignal(RecoveryFailed{named});
    return FailStorage(std::move(named));
  }

  // --- how a write ends that is not stored ---
  Word Reject(const absl::Status& status) {
    DropPending();
    set_phase(Phase::kRunning);
    absl::Status named(status.code(),
                       Named(StrCat(NextRecord(), " was rejected, and is not stored: ",
                                    std::string(status.message()))));
    EmitSignal(typename Signals::PersistRejected{named});
    return ::sampo::internal::MakeFailWord(std::move(named));
  }
  // Stops without failing: a failure would be handed to supervisors, and one that restarts would
  // take the id back from the new writer, for ever, in turns.
  Word Fence(const absl::Status& status) {
    if (in_task()) {  // Interleaving(): a coroutine handler may be writing, and ends it when it has
      FenceTask(status);
      return ::sampo::internal::kSame;
    }
    this->StopInsteadOfFailing();  // also where a handler of this turn has thrown
    DropPending();
    set_phase(Phase::kEnded);
    NewIncarnation();
    StopTimer(context());
    NoteFenced(FencedStatus(status));
    return ::sampo::internal::kStopped;
  }
  Word FailWrite(const absl::Status& status) {
    DropPending();
    set_phase(Phase::kEnded);
    absl::Status named = FailedStatus(status);
    EmitSignal(typename Signals::PersistFailed{named});
    return FailStorage(std::move(named));
  }
  // The same for a write of a coroutine handler, which goes on: what its co_await gives.
  absl::Status EndTaskWrite(WriteOutcome outcome, const absl::Status& status) {
    DropPending();
    if (outcome == WriteOutcome::kRejected) {
      EmitSignal(typename Signals::PersistRejected{status});
      return status;
    }
    if (outcome == WriteOutcome::kFenced) {
      FenceTask(status);
    } else if (!task_fenced()) {
      EndWithTask(FailedStatus(status), /*fenced=*/false);
      EmitSignal(typename Signals::PersistFailed{task_end()});
    }
    return task_end();
  }
  void FenceTask(const absl::Status& status) {
    if (task_fenced()) return;  // by a deletion, while it wrote
    this->StopInsteadOfFailing();
    EndWithTask(FencedStatus(status), /*fenced=*/true);
    NoteFenced(task_end());
  }

  Word OnSignal(ContextBase&, ::sampo::internal::SignalRef signal) final {
    using ::sampo::internal::SignalKind;
    bool handled = false;
    switch (signal.kind) {
      case SignalKind::kPreRestart:
        handled = CallSignalHandler(*static_cast<const PreRestart*>(signal.signal));
        break;
      case SignalKind::kPostStop:
        handled = CallSignalHandler(*static_cast<const PostStop*>(signal.signal));
        break;
      case SignalKind::kTerminated:
        handled = CallSignalHandler(*static_cast<const Terminated*>(signal.signal));
        break;
      case SignalKind::kChildFailed:
        handled = CallSignalHandler(*static_cast<const ChildFailed*>(signal.signal));
        break;
      case SignalKind::kMessageAdaptionFailure:
        break;
    }
    return handled ? ::sampo::internal::kSame : ::sampo::internal::kUnhandled;
  }
  void OnPreRestart(ContextBase&) final { EmitSignal(PreRestart{}); }

 private:
  // "event 7": what the write was about.
  std::string NextRecord() const {
    return StrCat(Signals::kRecord, " ", last_sequence_number() + 1);
  }
  absl::Status FailedStatus(const absl::Status& status) const {
    return absl::Status(
        status.code(),
        Named(StrCat("the write of ", NextRecord(),
                     " failed, and may be stored or not: ", std::string(status.message()))));
  }
  absl::Status FencedStatus(const absl::Status& status) const {
    return absl::FailedPreconditionError(
        Named(StrCat("the writer of epoch ", epoch(),
                     " has been replaced and stops: ", std::string(status.message()))));
  }
  void NoteFenced(const absl::Status& fenced) {
    Log().Error(fenced.ToString());
    EmitSignal(WriterFenced{fenced});
  }
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_DETAIL_SIGNALLING_NODE_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StageActor<M>: an actor of a stage: what is told to it comes to a handler on the stage's turn,
// and it watches other actors for the stage.
//
// It is a child of the stream's actor that passes everything on, so a message takes one hop more.
// Messages of one sender keep their order.
// Threads: the handle belongs to its stage; its ref is used from anywhere. Lifetime: the actor
// stops with the handle, which is a member of the stage.
//
//   void PreStart() override {
//     actor_ = GetStageActor<Tick>([this](Tick tick) { ... },
//                                  [this](const AnyActorRef& ended) { CompleteStage(); });
//     actor_.Watch(ticker_);
//     ticker_.Tell(Subscribe{actor_.ref()});
//   }
#ifndef SAMPO_STREAM_STAGE_ACTOR_H_
#define SAMPO_STREAM_STAGE_ACTOR_H_

#include <utility>

#include "sampo/actor/actor_context.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/behaviors.h"
#include "sampo/actor/signal.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/ref_counted.h"
#include "sampo/stream/detail/sub_source.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream {
namespace internal {

template <class M>
class StageActorNode final : public ::sampo::internal::BehaviorNode {
  using Word = ::sampo::internal::Word;

 public:
  StageActorNode(AsyncCallback<M> on_message, AsyncCallback<AnyActorRef> on_terminated)
      : on_message_(std::move(on_message)), on_terminated_(std::move(on_terminated)) {}
  Word NodeReceive(::sampo::internal::ContextBase&, Envelope& envelope) override {
    on_message_.Invoke(::sampo::internal::WholeMessage<M>(envelope));
    return ::sampo::internal::kSame;
  }
  Word NodeSignal(::sampo::internal::ContextBase&, ::sampo::internal::SignalRef signal) override {
    using Kind = ::sampo::internal::SignalKind;
    if (signal.kind != Kind::kTerminated && signal.kind != Kind::kChildFailed) {
      return ::sampo::internal::kUnhandled;
    }
    on_terminated_.Invoke(static_cast<const Terminated*>(signal.signal)->ref);
    return ::sampo::internal::kSame;
  }

 private:
  const AsyncCallback<M> on_message_;
  const AsyncCallback<AnyActorRef> on_terminated_;
};

}  // namespace internal

template <class M>
class StageActor {
 public:
  StageActor() = default;
  StageActor(StageActor&& other) noexcept
      : island_(std::move(other.island_)), ref_(std::exchange(other.ref_, {})) {}
  StageActor& operator=(StageActor&& other) noexcept {
    std::swap(island_, other.island_);
    std::swap(ref_, other.ref_);
    return *this;
  }
  ~StageActor() {
    // A stream that is cut off has stopped its children.
    if (island_ && island_->context() != nullptr && !ref_.is_ignore()) {
      island_->context()->Stop(ref_);
    }
  }

  const ActorRef<M>& ref() const { return ref_; }
  // The second handler is called once when `other` is gone, at once if it is gone already.
  void Watch(const AnyActorRef& other) const {
    Defer([other](::sampo::internal::ContextBase& context) { context.Watch(other); });
  }
  // Also where it was gone and the handler was not called yet, unless that is on its way.
  void Unwatch(const AnyActorRef& other) const {
    Defer([other](::sampo::internal::ContextBase& context) { context.Unwatch(other); });
  }

 private:
  friend class GraphStageLogic;
  StageActor(internal::Island* island, ActorRef<M> ref) : island_(island), ref_(std::move(ref)) {}
  template <class Call>
  void Defer(Call call) const {
    ::sampo::internal::ContextBase::EnqueueDeferred(
        ::sampo::internal::RefAccess::Target(ref_),
        [call = std::move(call)](::sampo::internal::ContextBase& context) -> Envelope* {
          call(context);
          return nullptr;
        });
  }

  internal::Ref<internal::Island> island_;
  ActorRef<M> ref_;
};

template <class M, class Handler, class OnTerminated>
StageActor<M> GraphStageLogic::GetStageActor(Handler handler, OnTerminated terminated) {
  internal::Island& island = internal::IslandOf(this);
  return StageActor<M>(&island, island.context()->SpawnAnonymous(
                                    ::sampo::internal::MakeNode<M, internal::StageActorNode<M>>(
                                        GetAsyncCallback<M>(std::move(handler)),
                                        GetAsyncCallback<AnyActorRef>(std::move(terminated)))));
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_STAGE_ACTOR_H_

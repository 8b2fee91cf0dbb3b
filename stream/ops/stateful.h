// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StatefulOps: functions with a state, and functions that make several elements of one.
//
// What ends a state (on_complete, close) runs exactly once for each state that was made: when the
// stream completes, fails, is cancelled, and also when it is cut off.
// Threads: functions run on the stream's turn, copied for each materialization; a function that
// blocks belongs into an island on DispatcherKind::kBlocking.
//
//   source.StatefulMap([] { return 0; }, [](int& count, auto e) { return std::pair(count++, e); },
//                      [](int) { return std::nullopt; });
#ifndef SAMPO_STREAM_OPS_STATEFUL_H_
#define SAMPO_STREAM_OPS_STATEFUL_H_

#include <iterator>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/errors.h"

namespace sampo::stream {
namespace internal {

// StatefulMap and, where kEmitsOnFailure, MapWithResource.
template <class In, class U, class Create, class F, class End, bool kEmitsOnFailure>
class StatefulMapLogic final : public FlowLogic<In, U> {
 public:
  StatefulMapLogic(Create create, F f, End end)
      : create_(std::move(create)), f_(std::move(f)), end_(std::move(end)) {}
  void PreStart() override { state_.emplace(create_()); }
  void OnPush() override {
    Uninit<U> result;
    try {
      result.Set([&]() -> U { return f_(*state_, this->in_.Grab()); });
    } catch (...) {
      return OnThrown(StatusOfCurrentException());
    }
    this->out_.Push(std::move(*result));
  }
  void OnUpstreamFinish() override {
    if (std::optional<U> last = EndState()) this->out_.Emit(*std::move(last));
    this->CompleteStage();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    if constexpr (kEmitsOnFailure) {
      if (std::optional<U> last = EndState()) {
        return this->out_.Emit(*std::move(last), [this, failure] { this->FailStage(failure); });
      }
    }
    this->FailStage(failure);
  }
  // Also after a cancellation and after a failure of this stage: the one place that is always
  // passed.
  void PostStop() override {
    if (state_) EndState();
  }

 private:
  using State = std::remove_cvref_t<std::invoke_result_t<Create&>>;
  void OnThrown(absl::Status failure) {
    switch (this->decider()(failure)) {
      case Directive::kStop:
        return this->FailStage(std::move(failure));
      case Directive::kResume:
        return this->in_.Pull();
      case Directive::kRestart:
        EndState();
        state_.emplace(create_());
        return this->in_.Pull();
    }
  }
  std::optional<U> EndState() {
    State state = *std::move(state_);
    state_.reset();
    auto end = [&]() -> decltype(auto) {
      if constexpr (std::is_invocable_v<End&, State>) {
        return end_(std::move(state));
      } else {
        return end_(state);
      }
    };
    if constexpr (std::is_void_v<decltype(end())>) {
      end();
      return std::nullopt;
    } else {
      return end();
    }
  }

  Create create_;
  F f_;
  End end_;
  std::optional<State> state_;
};

// The elements of the range that a function makes of each element; `make` makes the function.
template <class In, class Make>
class MapConcatLogic;

template <class Range>
using RangeElement = std::remove_cvref_t<decltype(*std::begin(std::declval<Range&>()))>;

template <class In, class Make>
struct MapConcatTypes {
  using F = std::remove_cvref_t<std::invoke_result_t<Make&>>;
  using Range = ResultOf<F, In>;
  using Element = RangeElement<Range>;
};

template <class In, class Make>
class MapConcatLogic final : public FlowLogic<In, typename MapConcatTypes<In, Make>::Element> {
 public:
  explicit MapConcatLogic(Make make) : make_(std::move(make)) {}
  void PreStart() override { f_.emplace(make_()); }
  void OnPush() override {
    try {
      range_.emplace((*f_)(this->in_.Grab()));
    } catch (...) {
      return OnThrown(StatusOfCurrentException());
    }
    at_ = std::begin(*range_);
    if (at_ != std::end(*range_)) return PushNext();
    range_.reset();
    this->in_.Pull();
  }
  void OnPull() override {
    if (range_) return PushNext();
    this->in_.Pull();
  }
  void OnUpstreamFinish() override {
    if (!range_) this->CompleteStage();
  }

 private:
  using Types = MapConcatTypes<In, Make>;
  using Range = typename Types::Range;
  using Element = typename Types::Element;
  // What a view shows belongs to somebody else; what is in a container is ours.
  static constexpr bool kOwns = !std::ranges::borrowed_range<Range>;

  void PushNext() {
    Element element = [this]() -> Element {
      if constexpr (kOwns) {
        return std::move(*at_);
      } else {
        return *at_;
      }
    }();
    if (++at_ == std::end(*range_)) range_.reset();
    this->out_.Push(std::move(element));
    if (!range_ && this->in_.IsClosed()) this->CompleteStage();
  }
  void OnThrown(absl::Status failure) {
    switch (this->decider()(failure)) {
      case Directive::kStop:
        return this->FailStage(std::move(failure));
      case Directive::kRestart:
        f_.emplace(make_());
        return this->in_.Pull();
      case Directive::kResume:
        return this->in_.Pull();
    }
  }

  Make make_;
  std::optional<typename Types::F> f_;
  std::optional<Range> range_;
  decltype(std::begin(std::declval<Range&>())) at_{};
};

// Makes copies of a function.
template <class F>
struct CopiesOf {
  [[no_unique_address]] F f;
  F operator()() const { return f; }
};

}  // namespace internal

template <class Derived, class Out>
class StatefulOps {
 public:
  // f(state&, element) with the state that create() made; on_complete(state) may return a last
  // element, which goes on where upstream has completed and is dropped otherwise. Restart ends the
  // state and makes a new one.
  // Emits when: `f` has returned. Backpressures when: downstream does. Completes when: upstream
  // does and the last element was emitted. Cancels when: downstream does. Supervision: yes. Tested
  // by: stateful_test.cc.
  template <class Create, class F, class End>
  auto StatefulMap(Create create, F f, End on_complete,
                   SourceLocation where = SourceLocation::Current()) const {
    return AppendStateful<false>("statefulMap", where, std::move(create), std::move(f),
                                 std::move(on_complete));
  }
  // f(resource&, element) with the resource that create() opened; close(resource) may return a last
  // element, which goes on where upstream has completed or failed.
  // Emits when: `f` has returned. Backpressures when: downstream does. Completes when: upstream
  // does and the last element was emitted. Cancels when: downstream does. Supervision: yes. Tested
  // by: stateful_test.cc.
  template <class Create, class F, class Close>
  auto MapWithResource(Create create, F f, Close close,
                       SourceLocation where = SourceLocation::Current()) const {
    return AppendStateful<true>("mapWithResource", where, std::move(create), std::move(f),
                                std::move(close));
  }
  // The elements of the range that `f` returns for each element.
  // Emits when: the range has an element. Backpressures when: it has another one, or downstream
  // does. Completes when: upstream does and the last range ends. Cancels when: downstream does.
  // Supervision: yes. Tested by: stateful_test.cc.
  template <class F>
  auto MapConcat(F f, SourceLocation where = SourceLocation::Current()) const {
    return AppendConcat("mapConcat", where, internal::CopiesOf<F>{std::move(f)});
  }
  // MapConcat with the function that make() returns, once for each materialization and after a
  // Restart; it may have a state.
  // Emits when: the range has an element. Backpressures when: it has another one, or downstream
  // does. Completes when: upstream does and the last range ends. Cancels when: downstream does.
  // Supervision: yes. Tested by: stateful_test.cc.
  template <class Make>
  auto StatefulMapConcat(Make make, SourceLocation where = SourceLocation::Current()) const {
    return AppendConcat("statefulMapConcat", where, std::move(make));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <bool kEmitsOnFailure, class Create, class F, class End>
  auto AppendStateful(const char* name, SourceLocation where, Create create, F f, End end) const {
    using State = std::remove_cvref_t<std::invoke_result_t<Create&>>;
    using U = std::remove_cvref_t<std::invoke_result_t<F&, State&, Out>>;
    using Logic = internal::StatefulMapLogic<Out, U, Create, F, End, kEmitsOnFailure>;
    return internal::AppendStage<U, Logic>(self(), name, where, std::move(create), std::move(f),
                                           std::move(end));
  }
  template <class Make>
  auto AppendConcat(const char* name, SourceLocation where, Make make) const {
    using U = typename internal::MapConcatTypes<Out, Make>::Element;
    return internal::AppendStage<U, internal::MapConcatLogic<Out, Make>>(self(), name, where,
                                                                         std::move(make));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_STATEFUL_H_

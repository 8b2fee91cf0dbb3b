// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Attributes: settings of a part of a blueprint: its name, buffers, dispatcher, what is done about
// failures and cancellations.
//
// An attribute holds for the part it was put on and all inside; where both say something, the inner
// one wins. What nobody sets has the default given here.
// Threads: a value.
//
//   source.Map(Parse).WithAttributes(Attributes().Supervision(Resume).InputBuffer(4, 64));
#ifndef SAMPO_STREAM_ATTRIBUTES_H_
#define SAMPO_STREAM_ATTRIBUTES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/props.h"

namespace sampo::stream {

// What an operator does when a function of the user has failed on an element. Operators that look
// at it say so.
enum class Directive : uint8_t {
  kStop,     // the stream fails with the failure (the default)
  kResume,   // the element is dropped, the state kept
  kRestart,  // the element is dropped, the state is that of the start again
};
inline Directive StoppingDecider(const absl::Status&) { return Directive::kStop; }
inline Directive ResumingDecider(const absl::Status&) { return Directive::kResume; }
inline Directive RestartingDecider(const absl::Status&) { return Directive::kRestart; }

// Decides by the failure: a function, or a callable that all stages share, so that it is called
// from the threads of all their actors. It must not throw.
class Decider {
 public:
  using Function = Directive (*)(const absl::Status& failure);
  Decider(Function function) : function_(function) {}  // NOLINT: implicit on purpose
  template <class F>
  requires(!std::is_convertible_v<F, Function> && !std::is_same_v<F, Decider>)
      Decider(F callable)  // NOLINT: implicit on purpose
      : shared_(std::make_shared<Callable<F>>(std::move(callable))) {}
  // It is this very function.
  friend bool operator==(const Decider& decider, Function function) {
    return decider.shared_ == nullptr && decider.function_ == function;
  }
  Directive operator()(const absl::Status& failure) const {
    return shared_ != nullptr ? shared_->Decide(failure) : function_(failure);
  }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual Directive Decide(const absl::Status& failure) = 0;
  };
  template <class F>
  struct Callable final : Base {
    explicit Callable(F callable) : f(std::move(callable)) {}
    Directive Decide(const absl::Status& failure) override { return f(failure); }
    F f;
  };
  Function function_ = &StoppingDecider;
  std::shared_ptr<Base> shared_;  // null: the function decides
};

// What a stage does by default when one of its outlets is cancelled.
enum class CancellationStrategyKind : uint8_t {
  kPropagateFailure,  // a cause that is a failure fails the stage, another one completes it
  kCompleteStage,     // completes it, whatever the cause
  kFailStage,         // fails it, whatever the cause
  kAfterDelay,        // as kPropagateFailure, `delay` later unless it is completed by then
};
struct CancellationStrategy {
  CancellationStrategyKind kind = CancellationStrategyKind::kPropagateFailure;
  absl::Duration delay = absl::ZeroDuration();
};

// What happens to a substream that nobody subscribes to in time.
enum class SubscriptionTimeoutMode : uint8_t { kCancel, kWarn, kNoop };
struct SubscriptionTimeout {
  SubscriptionTimeoutMode mode = SubscriptionTimeoutMode::kCancel;
  absl::Duration timeout = absl::Seconds(5);
};

// Levels at which Log() reports; kOff: not at all.
struct LogLevels {
  LogLevel on_element = LogLevel::kDebug;
  LogLevel on_finish = LogLevel::kDebug;
  LogLevel on_failure = LogLevel::kError;
};

// Elements that may wait behind an asynchronous boundary. `initial` is what is asked for first and
// must be at least 1; never more than `max` are on their way.
struct InputBuffer {
  int initial = 4;
  int max = 16;
};

class Attributes {
 public:
  Attributes();
  Attributes(const Attributes& other);
  Attributes(Attributes&& other) noexcept;
  Attributes& operator=(const Attributes& other);
  Attributes& operator=(Attributes&& other) noexcept;
  ~Attributes();

  Attributes&& Name(std::string_view name) && {
    name_ = std::string(name);
    return std::move(*this);
  }
  // Values below 1 count as 1; a `max` below `initial` as `initial`.
  Attributes&& InputBuffer(int initial, int max) &&;
  // Of the island that is made of this part: see Async().
  Attributes&& Dispatcher(DispatcherKind dispatcher) && {
    dispatcher_ = dispatcher;
    return std::move(*this);
  }
  Attributes&& Supervision(Decider decider) && {
    decider_ = std::move(decider);
    return std::move(*this);
  }
  Attributes&& Cancellation(CancellationStrategy strategy) && {
    cancellation_ = strategy;
    return std::move(*this);
  }
  Attributes&& Levels(LogLevels levels) && {
    log_levels_ = levels;
    return std::move(*this);
  }
  Attributes&& Subscription(SubscriptionTimeout timeout) && {
    subscription_timeout_ = timeout;
    return std::move(*this);
  }
  // Events an island handles in one turn before others get the thread. At least 1.
  Attributes&& EventLimit(int events) &&;
  // For tests: the order of events within an island is drawn by this seed, where the rules leave it
  // open.
  Attributes&& FuzzEvents(uint64_t seed) && {
    fuzz_seed_ = seed;
    return std::move(*this);
  }

  // This and `inner`, which wins where both say something.
  Attributes Overlay(const Attributes& inner) const;

  const std::string& name() const { return name_; }
  stream::InputBuffer input_buffer() const { return input_buffer_.value_or(stream::InputBuffer{}); }
  DispatcherKind dispatcher() const { return dispatcher_.value_or(DispatcherKind::kDefault); }
  Decider decider() const { return decider_.value_or(&StoppingDecider); }
  CancellationStrategy cancellation() const {
    return cancellation_.value_or(CancellationStrategy{});
  }
  LogLevels log_levels() const { return log_levels_.value_or(LogLevels{}); }
  SubscriptionTimeout subscription_timeout() const {
    return subscription_timeout_.value_or(SubscriptionTimeout{});
  }
  // 1000, as Pekko's sync-processing-limit.
  int event_limit() const { return event_limit_.value_or(1000); }
  std::optional<uint64_t> fuzz_seed() const { return fuzz_seed_; }

 private:
  std::string name_;
  std::optional<stream::InputBuffer> input_buffer_;
  std::optional<DispatcherKind> dispatcher_;
  std::optional<Decider> decider_;
  std::optional<CancellationStrategy> cancellation_;
  std::optional<LogLevels> log_levels_;
  std::optional<SubscriptionTimeout> subscription_timeout_;
  std::optional<int> event_limit_;
  std::optional<uint64_t> fuzz_seed_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_ATTRIBUTES_H_

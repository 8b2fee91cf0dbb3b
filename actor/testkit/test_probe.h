// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TestProbe<M>: an actor that a test holds in its hand: it gives a ref to others and then asks what
// has come.
//
// Works on real threads (waits), with ManualTime (waits; the test moves the time) and in a
// SimulatedRuntime (runs it; timeouts are virtual). A message is waited for 3 s, the absence of one
// 100 ms, as in Pekko; SAMPO_TEST_TIMEFACTOR multiplies both on real threads.
// What an Expect... misses is a GoogleTest failure at the caller's line; where it must return a
// message and has none it also throws absl::BadStatusOrAccess, which ends the test. Receive gives a
// status instead.
// Threads: the test's; ref() may be told from any. Lifetime: stops its actor when it ends; it must
// not outlive the system.
//
//   TestProbe<Value> probe(system);
//   counter.Tell(GetValue{probe.ref()});
//   EXPECT_EQ(probe.ExpectMessage().count, 3);
//   probe.ExpectNoMessage();
#ifndef SAMPO_ACTOR_TESTKIT_TEST_PROBE_H_
#define SAMPO_ACTOR_TESTKIT_TEST_PROBE_H_

#include <algorithm>
#include <concepts>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/detail/protocol.h"
#include "sampo/actor/testkit/detail/probe_waiting.h"
#include "sampo/actor/testkit/test_location.h"

namespace sampo {

// What a fisher says of each message.
enum class FishingOutcome : uint8_t {
  kComplete,           // keep it, the catch is complete
  kContinue,           // keep it, go on
  kContinueAndIgnore,  // throw it back, go on
  kFail,               // it must not have come
};

namespace internal {

template <class M>
class ProbeState final : public ProbeStateBase {
 public:
  void Push(M message) {
    std::lock_guard guard(mutex);
    messages.push_back(std::move(message));
    Changed();
  }
  std::deque<M> messages;  // guarded by mutex; as many as the test lets come
};

// The behavior of the probe's actor.
template <class M>
class ProbeNode final : public BehaviorNode {
 public:
  explicit ProbeNode(std::shared_ptr<ProbeState<M>> state) : state_(std::move(state)) {}
  Word NodeReceive(ContextBase&, Envelope& envelope) override {
    state_->Push(WholeMessage<M>(envelope));
    return kSame;
  }
  Word NodeSignal(ContextBase&, SignalRef signal) override {
    if (signal.kind != SignalKind::kTerminated && signal.kind != SignalKind::kChildFailed) {
      return kUnhandled;
    }
    state_->AddTerminated(static_cast<const Terminated*>(signal.signal)->ref);
    return kSame;
  }

 private:
  const std::shared_ptr<ProbeState<M>> state_;
};

// A message for a failure's text: its type, and what GoogleTest can print of it.
template <class M>
std::string MessageText(const M& message) {
  if constexpr (VariantProtocol<M>) {
    return std::visit([](const auto& held) { return MessageText(held); }, message);
  } else {
    return StrCat(TypeName<M>(), " ", testing::PrintToString(message));
  }
}

}  // namespace internal

template <class M>
class TestProbe {
 public:
  using Where = TestLocation;
  static constexpr absl::Duration kExpectTimeout = absl::Seconds(3);
  static constexpr absl::Duration kNoMessageTimeout = absl::Milliseconds(100);

  // Starts the probe's actor below /system; without a name it is anonymous.
  explicit TestProbe(ActorSystemBase& system, std::string_view name = {})
      : system_(&system), state_(std::make_shared<internal::ProbeState<M>>()) {
    absl::StatusOr<ActorRef<M>> ref =
        system.SpawnSystemActor(internal::MakeNode<M, internal::ProbeNode<M>>(state_), name);
    if (!ref.ok()) internal::FailAt(Where::current(), ref.status().ToString());
    if (ref.ok()) ref_ = *std::move(ref);
  }
  TestProbe(TestProbe&& other) noexcept = default;
  TestProbe& operator=(TestProbe&&) = delete;
  ~TestProbe() { Stop(); }

  const ActorRef<M>& ref() const { return ref_; }
  operator ActorRef<M>() const { return ref_; }  // NOLINT: a probe stands for its ref

  // --- as values ---

  // The next message. DEADLINE_EXCEEDED: none within `timeout`.
  absl::StatusOr<M> Receive(absl::Duration timeout) {
    const bool came = state_->WaitUntil([&] { return !state_->messages.empty(); }, timeout);
    std::lock_guard guard(state_->mutex);
    if (!came || state_->messages.empty()) {
      waited_in_vain_ = true;
      return absl::DeadlineExceededError(
          StrCat("TestProbe ", ref_.path(), ": no message within ", absl::FormatDuration(timeout)));
    }
    M message = std::move(state_->messages.front());
    state_->messages.pop_front();
    return message;
  }
  absl::StatusOr<M> Receive() { return Receive(Remaining()); }
  bool HasMessages() const {
    std::lock_guard guard(state_->mutex);
    return !state_->messages.empty();
  }

  // --- as GoogleTest failures ---

  // The next message, whatever it is.
  M ExpectMessage(Where where = Where::current()) { return Next("a message", where); }
  // The next message, which equals `expected`: an M, or an alternative of a variant protocol.
  template <class E>
  requires(std::same_as<E, M> ||
           internal::AlternativeOf<M, E>) void ExpectMessage(const E& expected,
                                                             Where where = Where::current()) {
    const std::string wanted = internal::MessageText(expected);
    const M got = Next(wanted, where);
    if (Equals(got, expected)) return;
    internal::FailAt(where, StrCat("TestProbe ", ref_.path(), ": expected ", wanted, ", got ",
                                   internal::MessageText(got)));
  }
  // The next message, which is an A.
  template <class A>
  requires internal::AlternativeOf<M, A> A ExpectMessageOfType(Where where = Where::current()) {
    M got = Next(internal::TypeName<A>(), where);
    if (A* held = std::get_if<A>(&got)) return std::move(*held);
    absl::Status other = absl::InvalidArgumentError(StrCat("TestProbe ", ref_.path(), ": expected ",
                                                           internal::TypeName<A>(), ", got ",
                                                           internal::MessageText(got)));
    internal::FailAt(where, other.ToString());
    return absl::StatusOr<A>(other).value();  // ends the test
  }
  // No message for so long. In a simulation that time passes.
  void ExpectNoMessage(absl::Duration during = kNoMessageTimeout, Where where = Where::current()) {
    absl::StatusOr<M> got = Receive(Bounded(during));
    if (!got.ok()) return;
    internal::FailAt(where,
                     StrCat("TestProbe ", ref_.path(), ": expected no message within ",
                            absl::FormatDuration(during), ", got ", internal::MessageText(*got)));
  }
  // The next `count` messages; the timeout is that of all of them.
  std::vector<M> ReceiveMessages(size_t count, Where where = Where::current()) {
    return ReceiveMessages(count, Remaining(), where);
  }
  std::vector<M> ReceiveMessages(size_t count, absl::Duration timeout,
                                 Where where = Where::current()) {
    const int64_t deadline = DeadlineNanos(Now(), timeout);
    std::vector<M> all;
    while (all.size() < count) {
      absl::StatusOr<M> got = Receive(Until(deadline));
      if (!got.ok()) {
        internal::FailAt(where, StrCat("TestProbe ", ref_.path(), ": ", all.size(), " of ", count,
                                       " messages within ", absl::FormatDuration(timeout)));
        break;
      }
      all.push_back(*std::move(got));
    }
    return all;
  }
  // Takes messages until `fisher` says that the catch is complete; returns what it kept.
  std::vector<M> Fish(absl::Duration timeout, const std::function<FishingOutcome(const M&)>& fisher,
                      Where where = Where::current()) {
    const int64_t deadline = DeadlineNanos(Now(), timeout);
    std::vector<M> caught;
    size_t thrown_back = 0;
    for (;;) {
      absl::StatusOr<M> got = Receive(Until(deadline));
      if (!got.ok()) {
        internal::FailAt(where, StrCat("TestProbe ", ref_.path(), ": fishing not complete within ",
                                       absl::FormatDuration(timeout), ": kept ", caught.size(),
                                       ", threw back ", thrown_back));
        return caught;
      }
      const FishingOutcome outcome = fisher(*got);
      if (outcome == FishingOutcome::kFail) {
        internal::FailAt(where, StrCat("TestProbe ", ref_.path(), ": the fisher refused ",
                                       internal::MessageText(*got)));
        return caught;
      }
      if (outcome == FishingOutcome::kContinueAndIgnore) {
        ++thrown_back;
        continue;
      }
      caught.push_back(*std::move(got));
      if (outcome == FishingOutcome::kComplete) return caught;
    }
  }
  // Runs `block`; everything this probe waits for inside, and the block itself, must be done within
  // `limit`. Blocks may nest.
  template <class Block>
  void Within(absl::Duration limit, Block block, Where where = Where::current()) {
    const std::optional<int64_t> outer = deadline_nanos_;
    const int64_t end = DeadlineNanos(Now(), internal::DilatedTimeout(limit));
    deadline_nanos_ = std::min(end, outer.value_or(end));
    waited_in_vain_ = false;
    block();
    // Who waited until the end in vain has said so, or wanted no message.
    const bool late = Now() > *deadline_nanos_ && !waited_in_vain_;
    deadline_nanos_ = outer;
    if (late) {
      internal::FailAt(where, StrCat("TestProbe ", ref_.path(), ": the block took longer than ",
                                     absl::FormatDuration(limit)));
    }
  }
  // Asks `holds` until it returns true.
  template <std::predicate Check>
  void AwaitAssert(Check holds, absl::Duration timeout = kExpectTimeout,
                   Where where = Where::current()) {
    AwaitText([&] { return holds() ? std::string() : std::string("it is false"); }, timeout, where);
  }
  // Calls `check` until it returns OK.
  template <class Check>
  requires std::same_as<std::invoke_result_t<Check&>, absl::Status>
  void AwaitAssert(Check check, absl::Duration timeout = kExpectTimeout,
                   Where where = Where::current()) {
    AwaitText(
        [&] {
          absl::Status status = check();
          return status.ok() ? std::string() : status.ToString();
        },
        timeout, where);
  }
  // `ref` ends, or has ended already.
  void ExpectTerminated(const AnyActorRef& ref, Where where = Where::current()) {
    ExpectTerminated(ref, Remaining(), where);
  }
  void ExpectTerminated(const AnyActorRef& ref, absl::Duration timeout,
                        Where where = Where::current()) {
    internal::WatchFromProbe(internal::RefAccess::Target(ref_), ref);
    if (state_->WaitUntil([&] { return state_->TakeTerminated(ref); }, timeout)) return;
    internal::FailAt(where, StrCat("TestProbe ", ref_.path(), ": ", ref.path(),
                                   " has not terminated within ", absl::FormatDuration(timeout)));
  }

  // Ends the probe's actor, so that others can see it terminate.
  void Stop() {
    RefTarget* target = internal::RefAccess::Target(ref_);
    if (target != nullptr) internal::StopProbe(target);
  }

  // What is left of the innermost Within; outside of one, the 3 s.
  absl::Duration Remaining() const {
    return deadline_nanos_.has_value() ? Until(*deadline_nanos_) : kExpectTimeout;
  }

 private:
  int64_t Now() const { return internal::ProbeNowNanos(*system_); }
  absl::Duration Until(int64_t deadline_nanos) const {
    return absl::Nanoseconds(std::max<int64_t>(0, deadline_nanos - Now()));
  }
  absl::Duration Bounded(absl::Duration timeout) const {
    return deadline_nanos_.has_value() ? std::min(timeout, Until(*deadline_nanos_)) : timeout;
  }
  M Next(std::string_view wanted, const Where& where) {
    absl::StatusOr<M> got = Receive();
    if (!got.ok()) {
      internal::FailAt(where, StrCat(got.status().ToString(), "; waited for ", wanted));
    }
    return std::move(got).value();  // ends the test where there is none
  }
  template <class E>
  static bool Equals(const M& got, const E& expected) {
    if constexpr (std::same_as<E, M>) {
      return got == expected;
    } else {
      const E* held = std::get_if<E>(&got);
      return held != nullptr && *held == expected;
    }
  }
  void AwaitText(const std::function<std::string()>& check, absl::Duration timeout,
                 const Where& where) {
    const std::string last = internal::AwaitEmpty(*state_, check, Bounded(timeout));
    if (last.empty()) return;
    internal::FailAt(where, StrCat("TestProbe ", ref_.path(), ": not within ",
                                   absl::FormatDuration(timeout), ": ", last));
  }

  ActorSystemBase* system_;
  std::shared_ptr<internal::ProbeState<M>> state_;
  ActorRef<M> ref_;
  std::optional<int64_t> deadline_nanos_;  // of the innermost Within
  bool waited_in_vain_ = false;            // inside of it
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_TEST_PROBE_H_

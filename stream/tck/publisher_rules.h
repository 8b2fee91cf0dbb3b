// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PublisherRules: the rules 1.x and 3.x that a publisher and its subscriptions keep, after the
// official TCK's PublisherVerification.
//
// Threads: the test's. Lifetime: static.
//
//   struct Numbers : tck::PublisherFactory<int> {
//     std::shared_ptr<Publisher<int>> Make(int64_t elements) override { ... }
//   };
//   SAMPO_PUBLISHER_TCK(NumbersTck, Numbers);
#ifndef SAMPO_STREAM_TCK_PUBLISHER_RULES_H_
#define SAMPO_STREAM_TCK_PUBLISHER_RULES_H_

#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/detail/probe_waiting.h"
#include "sampo/stream/reactive/reactive_streams.h"
#include "sampo/stream/tck/recorders.h"
#include "sampo/stream/tck/rule.h"

namespace sampo::stream::tck {

// More elements than any check asks for.
inline constexpr int64_t kEndless = int64_t{1} << 40;

template <class T>
class PublisherFactory {
 public:
  using ElementType = T;
  virtual ~PublisherFactory() = default;
  // A new publisher of so many elements, then OnComplete. Null: it cannot give so many (0).
  virtual std::shared_ptr<Publisher<T>> Make(int64_t elements) = 0;
  // A new one whose subscribers get OnError without an element. Null: there is no such thing.
  virtual std::shared_ptr<Publisher<T>> MakeFailed() { return nullptr; }
};

// A publisher with its subscriber; what most checks begin with.
template <class T>
struct Subscribed {
  using Options = typename TckSubscriber<T>::Options;

  Subscribed(std::shared_ptr<Publisher<T>> of, Options options = {})
      : publisher(std::move(of)), subscriber(std::make_shared<TckSubscriber<T>>(options)) {
    publisher->Subscribe(subscriber);
    subscriber->AwaitSubscription();
  }
  // Nothing happens where OnSubscribe has not come; the check sees that.
  void Request(int64_t count) {
    if (auto to = subscriber->Given()) to->Request(count);
  }
  void Cancel() {
    if (auto to = subscriber->Given()) to->Cancel();
  }
  ~Subscribed() {
    if (subscriber == nullptr) return;
    try {
      Cancel();
    } catch (const std::exception&) {
      // A wrong subject; the check has said so.
    }
    subscriber->Drop();
  }

  std::shared_ptr<Publisher<T>> publisher;
  std::shared_ptr<TckSubscriber<T>> subscriber;
};

namespace checks {

template <class T>
absl::Status ExactlyAsRequested(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(kEndless));
  int64_t requested = 0;
  for (int64_t count : {1, 1, 2, 5}) {
    to.Request(count);
    requested += count;
    if (!to.subscriber->AwaitNexts(requested)) {
      return Violation(StrCat(to.subscriber->nexts_now(), " elements came of ", requested));
    }
  }
  const auto total = to.subscriber->Steady([&] { return to.subscriber->nexts; });
  if (total != requested) return Violation(StrCat("more than ", requested, " elements came"));
  return absl::OkStatus();
}

template <class T>
absl::Status LessAndThenTheEnd(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(3));
  to.Request(10);
  if (!to.subscriber->AwaitEnd()) return Violation("neither the elements asked for nor the end");
  if (to.subscriber->nexts_now() != 3) return Violation("not all 3 elements");
  return absl::OkStatus();
}

template <class T>
absl::Status SerialSignals(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(100), {.request_on_next = 1, .linger = true});
  to.Request(5);
  to.Request(5);
  if (!to.subscriber->AwaitEnd()) return Violation("no end");
  if (to.subscriber->overlapped) return Violation("two signals at the same time");
  return absl::OkStatus();
}

template <class T>
absl::Status ErrorWhenItFails(PublisherFactory<T>& factory) {
  auto failed = factory.MakeFailed();
  if (failed == nullptr) return NotOffered("no publisher that fails");
  Subscribed<T> to(std::move(failed));
  if (!to.subscriber->AwaitError()) return Violation("no OnError");
  return absl::OkStatus();
}

template <class T>
absl::Status CompleteWhenItEnds(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(3));
  to.Request(3);
  if (!to.subscriber->AwaitCompletion()) return Violation("no OnComplete");
  return absl::OkStatus();
}

template <class T>
absl::Status CompleteWhenEmpty(PublisherFactory<T>& factory) {
  auto empty = factory.Make(0);
  if (empty == nullptr) return NotOffered("no empty publisher");
  Subscribed<T> to(std::move(empty));
  if (!to.subscriber->AwaitCompletion()) return Violation("no OnComplete without demand");
  return absl::OkStatus();
}

template <class T>
absl::Status NothingAfterTheEnd(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(1));
  to.Request(10);
  if (!to.subscriber->AwaitCompletion()) return Violation("no OnComplete");
  to.Request(10);
  auto late = to.subscriber->Steady([&] { return to.subscriber->signals_after_end; });
  if (late != 0) return Violation("a signal after OnComplete");
  return absl::OkStatus();
}

template <class T>
absl::Status SubscribesFirst(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(1));
  if (!to.subscriber->AwaitSubscription()) return Violation("no OnSubscribe");
  to.Request(1);
  to.subscriber->AwaitEnd();
  if (to.subscriber->unsubscribed_signal) return Violation("a signal before OnSubscribe");
  return absl::OkStatus();
}

template <class T>
absl::Status RefusesNull(PublisherFactory<T>& factory) {
  auto publisher = factory.Make(1);
  try {
    publisher->Subscribe(nullptr);
  } catch (const std::exception&) {
    return absl::OkStatus();
  }
  return Violation("Subscribe(nullptr) returned");
}

template <class T>
absl::Status RejectsAfterOnSubscribe(PublisherFactory<T>& factory) {
  auto failed = factory.MakeFailed();
  if (failed == nullptr) return NotOffered("no publisher that fails");
  Subscribed<T> to(std::move(failed));
  if (!to.subscriber->AwaitError()) return Violation("no OnError");
  if (to.subscriber->unsubscribed_signal) return Violation("OnError before OnSubscribe");
  return absl::OkStatus();
}

template <class T>
absl::Status ServesOrRejectsASecond(PublisherFactory<T>& factory) {
  Subscribed<T> first(factory.Make(3));
  Subscribed<T> second(first.publisher);
  for (Subscribed<T>* one : {&first, &second}) {
    if (!one->subscriber->AwaitSubscription()) return Violation("no OnSubscribe");
    one->Request(10);
  }
  for (Subscribed<T>* one : {&first, &second}) {
    if (!one->subscriber->AwaitEnd())
      return Violation("a subscriber was neither served nor refused");
  }
  if (first.subscriber->errors > 0) return Violation("the first subscriber was refused");
  return absl::OkStatus();
}

template <class T>
absl::Status RequestsFromSignals(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(5), {.request_on_subscribe = 1, .request_on_next = 1});
  if (!to.subscriber->AwaitCompletion()) return Violation("stops at a Request from a signal");
  return absl::OkStatus();
}

template <class T>
absl::Status NoRecursion(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(kEndless), {.request_on_next = 1, .cancel_at = 1000});
  to.Request(1);
  if (!to.subscriber->AwaitNexts(1000)) return Violation("stops at a Request from OnNext");
  std::lock_guard guard(to.subscriber->mutex);
  if (to.subscriber->depth_max > 1) {
    return Violation(StrCat("OnNext within OnNext, ", to.subscriber->depth_max, " deep"));
  }
  return absl::OkStatus();
}

template <class T>
absl::Status RequestAfterCancelIsNothing(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(kEndless));
  to.Request(1);
  if (!to.subscriber->AwaitNexts(1)) return Violation("no element");
  to.Cancel();
  for (int i = 0; i < 3; ++i) to.Request(1);
  auto total = to.subscriber->Steady([&] { return to.subscriber->nexts; });
  if (total != 1) return Violation("elements after Cancel");
  return absl::OkStatus();
}

template <class T>
absl::Status CancelAgainIsNothing(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(kEndless));
  to.Request(1);
  if (!to.subscriber->AwaitNexts(1)) return Violation("no element");
  for (int i = 0; i < 3; ++i) {
    try {
      to.Cancel();
    } catch (const std::exception& thrown) {
      return Violation(StrCat("Cancel has thrown: ", thrown.what()));
    }
  }
  auto ends =
      to.subscriber->Steady([&] { return to.subscriber->errors + to.subscriber->completions; });
  if (ends != 0) return Violation("a signal for a second Cancel");
  return absl::OkStatus();
}

template <class T>
absl::Status WrongRequest(PublisherFactory<T>& factory, int64_t count, bool names_rule) {
  Subscribed<T> to(factory.Make(10));
  to.Request(count);
  if (!to.subscriber->AwaitError()) return Violation(StrCat("no OnError for Request(", count, ")"));
  const absl::Status& error = to.subscriber->error;
  if (names_rule) {
    if (error.message().find("3.9") == std::string_view::npos) {
      return Violation(StrCat("the message does not name rule 3.9: ", error.message()));
    }
  } else if (!absl::IsInvalidArgument(error)) {
    return Violation(StrCat("not INVALID_ARGUMENT: ", error.ToString()));
  }
  return absl::OkStatus();
}
template <class T>
absl::Status RequestOfZero(PublisherFactory<T>& factory) {
  return WrongRequest(factory, 0, false);
}
template <class T>
absl::Status RequestBelowZero(PublisherFactory<T>& factory) {
  return WrongRequest(factory, -1, false);
}
template <class T>
absl::Status WrongRequestNamesTheRule(PublisherFactory<T>& factory) {
  return WrongRequest(factory, -1, true);
}

template <class T>
absl::Status CancelStopsIt(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(kEndless), {.cancel_at = 10});
  to.Request(kUnboundedDemand);
  if (!to.subscriber->AwaitNexts(10)) return Violation("no elements");
  // It may take a while. One quiet interval may be that of a publisher whose thread waits for a
  // core.
  constexpr int kQuietRounds = 4;
  int quiet = 0;
  // Beside the subscriber, whose lock a flood of signals holds nearly always.
  sampo::internal::ProbeStateBase pause;
  for (int round = 0; round < 40; ++round) {
    const int64_t before = to.subscriber->nexts_now();
    pause.WaitUntil([] { return false; }, kQuiet);
    quiet = to.subscriber->nexts_now() == before ? quiet + 1 : 0;
    if (quiet == kQuietRounds) return absl::OkStatus();
  }
  return Violation("elements come for ever after Cancel");
}

template <class T>
absl::Status CancelLetsTheSubscriberGo(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(kEndless));
  to.Request(1);
  if (!to.subscriber->AwaitNexts(1)) return Violation("no element");
  to.Cancel();
  to.subscriber->Drop();
  const std::weak_ptr<TckSubscriber<T>> watched = to.subscriber;
  to.subscriber = nullptr;
  sampo::internal::ProbeStateBase waiting;
  const std::string held = sampo::internal::AwaitEmpty(
      waiting, [&] { return std::string(watched.expired() ? "" : "held"); }, kExpectTimeout);
  if (!held.empty()) return Violation("the publisher keeps a subscriber that has cancelled");
  return absl::OkStatus();
}

template <class T>
absl::Status UnboundedDemand(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(3));
  to.Request(kUnboundedDemand);
  if (!to.subscriber->AwaitCompletion()) return Violation("no OnComplete");
  if (to.subscriber->nexts_now() != 3) return Violation("not all 3 elements");
  return absl::OkStatus();
}

template <class T>
absl::Status DemandsAddUpWithoutOverflow(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(3));
  to.Request(1);
  if (!to.subscriber->AwaitNexts(1)) return Violation("no element");
  to.Request(kUnboundedDemand - 1);
  to.Request(kUnboundedDemand - 1);
  if (!to.subscriber->AwaitCompletion()) return Violation("no OnComplete");
  return absl::OkStatus();
}

template <class T>
absl::Status NoErrorForEndlessDemand(PublisherFactory<T>& factory) {
  Subscribed<T> to(factory.Make(10), {.request_on_next = kUnboundedDemand});
  to.Request(kUnboundedDemand);
  if (!to.subscriber->AwaitEnd()) return Violation("no end");
  if (to.subscriber->errors > 0) return Violation(to.subscriber->error.ToString());
  return absl::OkStatus();
}

}  // namespace checks

template <class T>
const std::vector<Rule<PublisherFactory<T>>>& PublisherRules() {
  using enum RuleKind;
  static const auto* rules = new std::vector<Rule<PublisherFactory<T>>>{
      {"1.01", "no more elements than requested", kRequired, &checks::ExactlyAsRequested<T>},
      {"1.02", "it may send less and end", kRequired, &checks::LessAndThenTheEnd<T>},
      {"1.03", "signals are serial", kRequired, &checks::SerialSignals<T>},
      {"1.04", "a failure is signalled by OnError", kOptional, &checks::ErrorWhenItFails<T>},
      {"1.05a", "the end is signalled by OnComplete", kRequired, &checks::CompleteWhenItEnds<T>},
      {"1.05b", "of an empty one too", kOptional, &checks::CompleteWhenEmpty<T>},
      {"1.06", "after the end a subscription counts as cancelled", kUntested, nullptr},
      {"1.07", "no signal after the end", kRequired, &checks::NothingAfterTheEnd<T>},
      {"1.08", "after Cancel signals stop eventually: see 3.12", kUntested, nullptr},
      {"1.09a", "OnSubscribe is the first signal", kRequired, &checks::SubscribesFirst<T>},
      {"1.09b", "Subscribe throws for null", kRequired, &checks::RefusesNull<T>},
      {"1.09c", "who is refused gets OnSubscribe first", kRequired,
       &checks::RejectsAfterOnSubscribe<T>},
      {"1.10", "the same subscriber may be refused the second time", kUntested, nullptr},
      {"1.11", "a second subscriber is served or refused", kOptional,
       &checks::ServesOrRejectsASecond<T>},
      {"3.01", "Request and Cancel are called within the subscriber's context", kUntested, nullptr},
      {"3.02", "Request may be called from OnSubscribe and OnNext", kRequired,
       &checks::RequestsFromSignals<T>},
      {"3.03", "no unbounded recursion", kRequired, &checks::NoRecursion<T>},
      {"3.04", "Request is quick", kUntested, nullptr},
      {"3.05", "Cancel is quick", kUntested, nullptr},
      {"3.06", "Request after Cancel is nothing", kRequired,
       &checks::RequestAfterCancelIsNothing<T>},
      {"3.07", "Cancel after Cancel is nothing", kRequired, &checks::CancelAgainIsNothing<T>},
      {"3.09a", "Request(0) is an error", kRequired, &checks::RequestOfZero<T>},
      {"3.09b", "Request(-1) is an error", kRequired, &checks::RequestBelowZero<T>},
      {"3.09c", "whose message names the rule", kOptional, &checks::WrongRequestNamesTheRule<T>},
      {"3.10", "Request may send elements synchronously", kUntested, nullptr},
      {"3.11", "Request may end synchronously", kUntested, nullptr},
      {"3.12", "Cancel stops the signals eventually", kRequired, &checks::CancelStopsIt<T>},
      {"3.13", "Cancel drops the subscriber eventually", kRequired,
       &checks::CancelLetsTheSubscriberGo<T>},
      {"3.14", "Cancel may end the publisher", kUntested, nullptr},
      {"3.15", "Cancel returns normally: see 3.07", kUntested, nullptr},
      {"3.16", "Request returns normally: see 3.09", kUntested, nullptr},
      {"3.17a", "demand up to 2^63-1", kRequired, &checks::UnboundedDemand<T>},
      {"3.17b", "and of a sum beyond", kRequired, &checks::DemandsAddUpWithoutOverflow<T>},
      {"3.17c", "without an error", kRequired, &checks::NoErrorForEndlessDemand<T>},
  };
  return *rules;
}

}  // namespace sampo::stream::tck

// A suite `Name` of all rules, for the publishers of `Factory`.
#define SAMPO_PUBLISHER_TCK(Name, Factory)                                                       \
  class Name : public ::testing::TestWithParam<::sampo::stream::tck::Rule<                       \
                   ::sampo::stream::tck::PublisherFactory<Factory::ElementType>>> {};            \
  TEST_P(Name, Holds) {                                                                          \
    Factory factory;                                                                             \
    ::sampo::stream::tck::RunRule<::sampo::stream::tck::PublisherFactory<Factory::ElementType>>( \
        GetParam(), factory);                                                                    \
  }                                                                                              \
  INSTANTIATE_TEST_SUITE_P(                                                                      \
      Tck, Name,                                                                                 \
      ::testing::ValuesIn(::sampo::stream::tck::PublisherRules<Factory::ElementType>()),         \
      ::sampo::stream::tck::RuleName())

#endif  // SAMPO_STREAM_TCK_PUBLISHER_RULES_H_

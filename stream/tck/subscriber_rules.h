// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SubscriberRules: the rules 2.x that a subscriber keeps, after the official TCK's subscriber
// verifications.
//
// Threads: the test's. Lifetime: static.
//
//   struct Printers : tck::SubscriberFactory<int> {
//     std::shared_ptr<Subscriber<int>> Make() override { ... }
//     int Element(int n) override { return n; }
//   };
//   SAMPO_SUBSCRIBER_TCK(PrintersTck, Printers);
#ifndef SAMPO_STREAM_TCK_SUBSCRIBER_RULES_H_
#define SAMPO_STREAM_TCK_SUBSCRIBER_RULES_H_

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/reactive/reactive_streams.h"
#include "sampo/stream/tck/recorders.h"
#include "sampo/stream/tck/rule.h"

namespace sampo::stream::tck {

template <class T>
class SubscriberFactory {
 public:
  using ElementType = T;
  virtual ~SubscriberFactory() = default;
  // A new subscriber, which asks for elements by itself, or in TriggerRequest.
  virtual std::shared_ptr<Subscriber<T>> Make() = 0;
  virtual T Element(int number) = 0;
  // Makes the last subscriber ask for an element.
  virtual void TriggerRequest() {}
  // Makes the last subscriber cancel. False: there is no way.
  virtual bool TriggerCancel() { return false; }
};

namespace checks {

// Runs `signals`; a signal must not throw.
template <class F>
absl::Status ReturnsNormally(F signals) {
  try {
    signals();
  } catch (const std::exception& thrown) {
    return Violation(StrCat("a signal has thrown: ", thrown.what()));
  }
  return absl::OkStatus();
}

template <class F>
absl::Status Throws(const char* call, F signal) {
  try {
    signal();
  } catch (const std::exception&) {
    return absl::OkStatus();
  }
  return Violation(StrCat(call, " returned"));
}

template <class T>
absl::Status AsksForElements(SubscriberFactory<T>& factory) {
  auto subscriber = factory.Make();
  auto subscription = std::make_shared<TckSubscription>();
  return ReturnsNormally([&] {
           subscriber->OnSubscribe(subscription);
           factory.TriggerRequest();
         }).ok() &&
                 subscription->AwaitRequested(1)
             ? absl::OkStatus()
             : Violation("no Request");
}

template <class T>
absl::Status TakesWhatItAskedFor(SubscriberFactory<T>& factory) {
  auto subscriber = factory.Make();
  auto subscription = std::make_shared<TckSubscription>();
  subscriber->OnSubscribe(subscription);
  factory.TriggerRequest();
  if (!subscription->AwaitRequested(1)) return Violation("no Request");
  absl::Status status = ReturnsNormally([&] {
    const int64_t count = std::min<int64_t>(subscription->requested_now(), 5);
    for (int n = 0; n < count; ++n) subscriber->OnNext(factory.Element(n));
    subscriber->OnComplete();
  });
  if (subscription->wrong_request) return Violation("Request of less than 1");
  return status;
}

template <class T>
absl::Status NoCallsAfter(SubscriberFactory<T>& factory, absl::Status end) {
  auto subscriber = factory.Make();
  auto subscription = std::make_shared<TckSubscription>();
  subscriber->OnSubscribe(subscription);
  factory.TriggerRequest();
  if (!subscription->AwaitRequested(1)) return Violation("no Request");
  while (!subscription->Quiet()) {
  }
  const int64_t before = subscription->calls;
  if (end.ok()) {
    subscriber->OnComplete();
  } else {
    subscriber->OnError(end);
  }
  subscription->WaitUntil([&] { return subscription->calls != before; }, kQuiet);
  std::lock_guard guard(subscription->mutex);
  if (subscription->calls != before) return Violation("a call of the subscription at the end");
  return absl::OkStatus();
}
template <class T>
absl::Status NoCallsInOnComplete(SubscriberFactory<T>& factory) {
  return NoCallsAfter(factory, absl::OkStatus());
}
template <class T>
absl::Status NoCallsInOnError(SubscriberFactory<T>& factory) {
  return NoCallsAfter(factory, absl::AbortedError("a test's"));
}

template <class T>
absl::Status CancelsASecondSubscription(SubscriberFactory<T>& factory) {
  auto subscriber = factory.Make();
  auto first = std::make_shared<TckSubscription>();
  auto second = std::make_shared<TckSubscription>();
  subscriber->OnSubscribe(first);
  subscriber->OnSubscribe(second);
  if (!second->AwaitCancel()) return Violation("the second subscription was not cancelled");
  std::lock_guard guard(first->mutex);
  if (first->cancels > 0) return Violation("the first subscription was cancelled");
  return absl::OkStatus();
}

template <class T>
absl::Status TakesElementsAfterCancel(SubscriberFactory<T>& factory) {
  auto subscriber = factory.Make();
  auto subscription = std::make_shared<TckSubscription>();
  subscriber->OnSubscribe(subscription);
  factory.TriggerRequest();
  if (!subscription->AwaitRequested(1)) return Violation("no Request");
  if (!factory.TriggerCancel()) return NotOffered("no way to make it cancel");
  if (!subscription->AwaitCancel()) return Violation("no Cancel");
  return ReturnsNormally([&] { subscriber->OnNext(factory.Element(0)); });
}

template <class T>
absl::Status TakesTheEnd(SubscriberFactory<T>& factory, bool with_request, bool failed) {
  auto subscriber = factory.Make();
  auto subscription = std::make_shared<TckSubscription>();
  subscriber->OnSubscribe(subscription);
  if (with_request) {
    factory.TriggerRequest();
    if (!subscription->AwaitRequested(1)) return Violation("no Request");
  }
  return ReturnsNormally([&] {
    if (failed) {
      subscriber->OnError(absl::AbortedError("a test's"));
    } else {
      subscriber->OnComplete();
    }
  });
}
template <class T>
absl::Status CompletionWithRequest(SubscriberFactory<T>& factory) {
  return TakesTheEnd(factory, true, false);
}
template <class T>
absl::Status CompletionWithoutRequest(SubscriberFactory<T>& factory) {
  return TakesTheEnd(factory, false, false);
}
template <class T>
absl::Status ErrorWithRequest(SubscriberFactory<T>& factory) {
  return TakesTheEnd(factory, true, true);
}
template <class T>
absl::Status ErrorWithoutRequest(SubscriberFactory<T>& factory) {
  return TakesTheEnd(factory, false, true);
}

template <class T>
absl::Status OnSubscribeOfNull(SubscriberFactory<T>& factory) {
  auto subscriber = factory.Make();
  return Throws("OnSubscribe(nullptr)", [&] { subscriber->OnSubscribe(nullptr); });
}
template <class T>
absl::Status OnErrorOfOk(SubscriberFactory<T>& factory) {
  auto subscriber = factory.Make();
  subscriber->OnSubscribe(std::make_shared<TckSubscription>());
  return Throws("OnError(OK)", [&] { subscriber->OnError(absl::OkStatus()); });
}

}  // namespace checks

template <class T>
const std::vector<Rule<SubscriberFactory<T>>>& SubscriberRules() {
  using enum RuleKind;
  static const auto* rules = new std::vector<Rule<SubscriberFactory<T>>>{
      {"2.01", "demand is signalled by Request", kRequired, &checks::AsksForElements<T>},
      {"2.02", "long work is done elsewhere", kUntested, nullptr},
      {"2.03a", "OnComplete calls no method of the subscription", kRequired,
       &checks::NoCallsInOnComplete<T>},
      {"2.03b", "nor does OnError", kRequired, &checks::NoCallsInOnError<T>},
      {"2.04", "after the end the subscription counts as cancelled", kUntested, nullptr},
      {"2.05", "a second subscription is cancelled", kRequired,
       &checks::CancelsASecondSubscription<T>},
      {"2.06", "who needs no more cancels", kUntested, nullptr},
      {"2.07", "Request and Cancel are called serially", kUntested, nullptr},
      {"2.08", "elements may come after Cancel", kOptional, &checks::TakesElementsAfterCancel<T>},
      {"2.09a", "OnComplete may come after Request", kRequired, &checks::CompletionWithRequest<T>},
      {"2.09b", "and without", kRequired, &checks::CompletionWithoutRequest<T>},
      {"2.10a", "OnError may come after Request", kRequired, &checks::ErrorWithRequest<T>},
      {"2.10b", "and without", kRequired, &checks::ErrorWithoutRequest<T>},
      {"2.11", "signals happen before what is made of them", kUntested, nullptr},
      {"2.12", "OnSubscribe is called once for a subscriber", kUntested, nullptr},
      {"2.13a", "OnSubscribe throws for null", kRequired, &checks::OnSubscribeOfNull<T>},
      {"2.13b", "OnError throws for OK", kRequired, &checks::OnErrorOfOk<T>},
      {"2.13c", "OnNext throws for null: there are no null elements in C++", kUntested, nullptr},
      {"2.13d", "otherwise signals return normally: see 2.08 to 2.10", kUntested, nullptr},
      {"3.08", "what was requested is taken", kRequired, &checks::TakesWhatItAskedFor<T>},
  };
  return *rules;
}

}  // namespace sampo::stream::tck

// A suite `Name` of all rules, for the subscribers of `Factory`.
#define SAMPO_SUBSCRIBER_TCK(Name, Factory)                                                       \
  class Name : public ::testing::TestWithParam<::sampo::stream::tck::Rule<                        \
                   ::sampo::stream::tck::SubscriberFactory<Factory::ElementType>>> {};            \
  TEST_P(Name, Holds) {                                                                           \
    Factory factory;                                                                              \
    ::sampo::stream::tck::RunRule<::sampo::stream::tck::SubscriberFactory<Factory::ElementType>>( \
        GetParam(), factory);                                                                     \
  }                                                                                               \
  INSTANTIATE_TEST_SUITE_P(                                                                       \
      Tck, Name,                                                                                  \
      ::testing::ValuesIn(::sampo::stream::tck::SubscriberRules<Factory::ElementType>()),         \
      ::sampo::stream::tck::RuleName())

#endif  // SAMPO_STREAM_TCK_SUBSCRIBER_RULES_H_

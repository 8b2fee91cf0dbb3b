// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ProcessorRules: the rules 4.x of a processor that gives what it takes, after the official TCK's
// IdentityProcessorVerification; SAMPO_PROCESSOR_TCK also holds it to the rules of a publisher and
// of a subscriber (4.01).
//
// Threads: the test's. Lifetime: static.
//
//   struct Doublers : tck::ProcessorFactory<int> { ... Make and Element ... };
//   SAMPO_PROCESSOR_TCK(DoublersTck, Doublers);
#ifndef SAMPO_STREAM_TCK_PROCESSOR_RULES_H_
#define SAMPO_STREAM_TCK_PROCESSOR_RULES_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/reactive/reactive_streams.h"
#include "sampo/stream/tck/publisher_rules.h"
#include "sampo/stream/tck/recorders.h"
#include "sampo/stream/tck/reference_publisher.h"
#include "sampo/stream/tck/rule.h"
#include "sampo/stream/tck/subscriber_rules.h"

namespace sampo::stream::tck {

template <class T>
class ProcessorFactory {
 public:
  using ElementType = T;
  virtual ~ProcessorFactory() = default;
  // A new processor; each element it takes it gives, one for one.
  virtual std::shared_ptr<Processor<T, T>> Make() = 0;
  virtual T Element(int number) = 0;
};

namespace checks {

template <class T>
absl::Status PassesErrorsOn(ProcessorFactory<T>& factory) {
  auto processor = factory.Make();
  processor->OnSubscribe(std::make_shared<TckSubscription>());
  Subscribed<T> to(processor);
  if (!to.subscriber->AwaitSubscription()) return Violation("no OnSubscribe");
  processor->OnError(absl::AbortedError("a test's"));
  // Without demand: an error does not wait for it.
  if (!to.subscriber->AwaitError()) return Violation("the error did not come out");
  return absl::OkStatus();
}

template <class T>
absl::Status AsksForWhatWasRequestedLongAgo(ProcessorFactory<T>& factory) {
  constexpr int kElements = 50;
  auto processor = factory.Make();
  auto from = std::make_shared<TckSubscription>();
  processor->OnSubscribe(from);
  Subscribed<T> to(processor);
  to.Request(kElements);
  for (int n = 0; n < kElements; ++n) {
    if (!from->AwaitRequested(n + 1)) return Violation(StrCat("no Request for element ", n));
    processor->OnNext(factory.Element(n));
    if (!to.subscriber->AwaitNexts(n + 1)) return Violation(StrCat("element ", n, " is lost"));
  }
  return absl::OkStatus();
}

template <class T>
absl::Status PassesCompletionOn(ProcessorFactory<T>& factory) {
  auto processor = factory.Make();
  processor->OnSubscribe(std::make_shared<TckSubscription>());
  Subscribed<T> to(processor);
  processor->OnComplete();
  if (!to.subscriber->AwaitCompletion()) return Violation("the completion did not come out");
  return absl::OkStatus();
}

// A processor as the publisher of what the reference publisher feeds it.
template <class Factory>
class ProcessorAsPublisher final : public PublisherFactory<typename Factory::ElementType> {
 public:
  using T = typename Factory::ElementType;
  std::shared_ptr<Publisher<T>> Make(int64_t elements) override {
    return Feed(elements, absl::OkStatus());
  }
  std::shared_ptr<Publisher<T>> MakeFailed() override {
    return Feed(0, absl::AbortedError("a test's"));
  }

 private:
  std::shared_ptr<Publisher<T>> Feed(int64_t elements, absl::Status failure) {
    auto processor = factory_->Make();
    ReferencePublisher<T>(
        elements, [factory = factory_](int n) { return factory->Element(n); }, std::move(failure))
        .Subscribe(processor);
    return processor;
  }
  // Shared with what still runs when a check has ended.
  const std::shared_ptr<Factory> factory_ = std::make_shared<Factory>();
};

// A processor as a subscriber, whose own subscriber asks for everything.
template <class Factory>
class ProcessorAsSubscriber final : public SubscriberFactory<typename Factory::ElementType> {
 public:
  using T = typename Factory::ElementType;
  ~ProcessorAsSubscriber() override { (void)TriggerCancel(); }
  std::shared_ptr<Subscriber<T>> Make() override {
    auto processor = factory_.Make();
    behind_ = std::make_shared<TckSubscriber<T>>(
        typename TckSubscriber<T>::Options{.request_on_subscribe = kUnboundedDemand});
    processor->Subscribe(behind_);
    return processor;
  }
  T Element(int number) override { return factory_.Element(number); }
  bool TriggerCancel() override {
    if (behind_ == nullptr || !behind_->AwaitSubscription()) return false;
    if (auto to = behind_->Given()) to->Cancel();
    behind_->Drop();
    return true;
  }

 private:
  Factory factory_;
  std::shared_ptr<TckSubscriber<T>> behind_;
};

}  // namespace checks

template <class T>
const std::vector<Rule<ProcessorFactory<T>>>& ProcessorRules() {
  using enum RuleKind;
  static const auto* rules = new std::vector<Rule<ProcessorFactory<T>>>{
      {"4.01a", "demand of long ago reaches the publisher before", kRequired,
       &checks::AsksForWhatWasRequestedLongAgo<T>},
      {"4.01b", "completion passes", kRequired, &checks::PassesCompletionOn<T>},
      {"4.02", "an error passes at once, unless it is recovered from", kRequired,
       &checks::PassesErrorsOn<T>},
  };
  return *rules;
}

}  // namespace sampo::stream::tck

// Suites of all rules for the processors of `Factory`: Name, NamePublisher and NameSubscriber.
#define SAMPO_PROCESSOR_TCK(Name, Factory)                                                       \
  class Name : public ::testing::TestWithParam<::sampo::stream::tck::Rule<                       \
                   ::sampo::stream::tck::ProcessorFactory<Factory::ElementType>>> {};            \
  TEST_P(Name, Holds) {                                                                          \
    Factory factory;                                                                             \
    ::sampo::stream::tck::RunRule<::sampo::stream::tck::ProcessorFactory<Factory::ElementType>>( \
        GetParam(), factory);                                                                    \
  }                                                                                              \
  INSTANTIATE_TEST_SUITE_P(                                                                      \
      Tck, Name,                                                                                 \
      ::testing::ValuesIn(::sampo::stream::tck::ProcessorRules<Factory::ElementType>()),         \
      ::sampo::stream::tck::RuleName());                                                         \
  using Name##AsPublisher = ::sampo::stream::tck::checks::ProcessorAsPublisher<Factory>;         \
  SAMPO_PUBLISHER_TCK(Name##Publisher, Name##AsPublisher);                                       \
  using Name##AsSubscriber = ::sampo::stream::tck::checks::ProcessorAsSubscriber<Factory>;       \
  SAMPO_SUBSCRIBER_TCK(Name##Subscriber, Name##AsSubscriber)

#endif  // SAMPO_STREAM_TCK_PROCESSOR_RULES_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The TCK on our own publishers, subscribers and processors, on real threads.
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/stream/reactive/reactive_streams.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/tck/processor_rules.h"
#include "sampo/stream/tck/publisher_rules.h"
#include "sampo/stream/tck/reference_publisher.h"
#include "sampo/stream/tck/subscriber_rules.h"

namespace sampo::stream {
namespace {

// One system for all checks; it ends with the process.
ActorSystemBase& System() {
  static auto* kit = new ActorTestKit();
  return kit->system();
}

Source<int64_t> Numbers(int64_t elements) { return Source<int64_t>::Range(1, elements); }
Source<int64_t> Broken() {
  return Source<int64_t>::Single(1).Map(
      [](int64_t) -> int64_t { throw absl::BadStatusOrAccess(absl::AbortedError("a test's")); });
}

struct OneSubscriber : tck::PublisherFactory<int64_t> {
  std::shared_ptr<Publisher<int64_t>> Make(int64_t elements) override {
    return Numbers(elements).RunWith(Sink<int64_t>::AsPublisher(false), System());
  }
  std::shared_ptr<Publisher<int64_t>> MakeFailed() override {
    // Fails without demand, through the boundary's own.
    return Broken().Async().RunWith(Sink<int64_t>::AsPublisher(false), System());
  }
};
SAMPO_PUBLISHER_TCK(AsPublisherTck, OneSubscriber);

struct ManySubscribers : tck::PublisherFactory<int64_t> {
  std::shared_ptr<Publisher<int64_t>> Make(int64_t elements) override {
    return Numbers(elements).RunWith(Sink<int64_t>::AsPublisher(true), System());
  }
  std::shared_ptr<Publisher<int64_t>> MakeFailed() override {
    return Broken().Async().RunWith(Sink<int64_t>::AsPublisher(true), System());
  }
};
SAMPO_PUBLISHER_TCK(AsFanOutPublisherTck, ManySubscribers);

struct Reference : tck::PublisherFactory<int> {
  std::shared_ptr<Publisher<int>> Make(int64_t elements) override {
    return std::make_shared<tck::ReferencePublisher<int>>(elements, [](int n) { return n; });
  }
  std::shared_ptr<Publisher<int>> MakeFailed() override {
    return std::make_shared<tck::ReferencePublisher<int>>(
        0, [](int n) { return n; }, absl::AbortedError("a test's"));
  }
};
SAMPO_PUBLISHER_TCK(ReferencePublisherTck, Reference);

struct StreamSubscribers : tck::SubscriberFactory<int64_t> {
  std::shared_ptr<Subscriber<int64_t>> Make() override {
    auto [subscriber, out] = Source<int64_t>::AsSubscriber()
                                 .ToMat(Sink<int64_t>::AsPublisher(false), KeepBoth())
                                 .Run(System());
    behind_ = std::make_shared<tck::TckSubscriber<int64_t>>(
        tck::TckSubscriber<int64_t>::Options{.request_on_subscribe = 100});
    out->Subscribe(behind_);
    return subscriber;
  }
  int64_t Element(int number) override { return number; }
  bool TriggerCancel() override {
    behind_->AwaitSubscription();
    behind_->Given()->Cancel();
    return true;
  }

 private:
  std::shared_ptr<tck::TckSubscriber<int64_t>> behind_;
};
SAMPO_SUBSCRIBER_TCK(AsSubscriberTck, StreamSubscribers);

struct StreamProcessors : tck::ProcessorFactory<int64_t> {
  std::shared_ptr<Processor<int64_t, int64_t>> Make() override {
    return Flow<int64_t>().Map([](int64_t n) { return n; }).ToProcessor().Run(System());
  }
  int64_t Element(int number) override { return number; }
};
SAMPO_PROCESSOR_TCK(ToProcessorTck, StreamProcessors);

}  // namespace
}  // namespace sampo::stream

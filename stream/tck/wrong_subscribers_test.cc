// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// For each rule of a subscriber and of a processor that can be verified: one that breaks it, and
// the TCK that sees it.
#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/stream/reactive/reactive_streams.h"
#include "sampo/stream/tck/processor_rules.h"
#include "sampo/stream/tck/subscriber_rules.h"

namespace sampo::stream {
namespace {

// A subscriber that would keep the rules, were it not for `wrong`, the number of the one it breaks.
class WrongSubscriber final : public Subscriber<int> {
 public:
  explicit WrongSubscriber(std::string wrong) : wrong_(std::move(wrong)) {}
  void OnSubscribe(std::shared_ptr<Subscription> subscription) override {
    if (subscription == nullptr) {
      if (Breaks("2.13a")) return;
      internal::ThrowNullArgument("null");
    }
    if (subscription_ != nullptr) {
      if (!Breaks("2.05")) subscription->Cancel();
      return;
    }
    subscription_ = std::move(subscription);
  }
  void OnNext(int) override {
    if (Breaks("2.08") && cancelled_) throw std::runtime_error("cancelled");
    if (Breaks("3.08")) throw std::runtime_error("too much");
  }
  void OnError(absl::Status failure) override {
    if (failure.ok()) {
      if (Breaks("2.13b")) return;
      internal::ThrowNullArgument("OK");
    }
    if (Breaks(requested_ ? "2.10a" : "2.10b")) throw std::runtime_error("an error");
    if (Breaks("2.03b")) subscription_->Cancel();
  }
  void OnComplete() override {
    if (Breaks(requested_ ? "2.09a" : "2.09b")) throw std::runtime_error("the end");
    if (Breaks("2.03a")) subscription_->Request(1);
  }
  void Request() {
    if (Breaks("2.01")) return;
    requested_ = true;
    subscription_->Request(3);
  }
  void Cancel() {
    cancelled_ = true;
    subscription_->Cancel();
  }

 private:
  bool Breaks(std::string_view rule) const { return wrong_ == rule; }
  const std::string wrong_;
  std::shared_ptr<Subscription> subscription_;
  bool requested_ = false;
  bool cancelled_ = false;
};

struct WrongSubscribers : tck::SubscriberFactory<int> {
  explicit WrongSubscribers(std::string_view rule) : wrong(rule) {}
  std::shared_ptr<Subscriber<int>> Make() override {
    return last = std::make_shared<WrongSubscriber>(wrong);
  }
  int Element(int number) override { return number; }
  void TriggerRequest() override { last->Request(); }
  bool TriggerCancel() override {
    last->Cancel();
    return true;
  }
  const std::string wrong;
  std::shared_ptr<WrongSubscriber> last;
};

using SubscriberRule = tck::Rule<tck::SubscriberFactory<int>>;
class WrongSubscriberTest : public testing::TestWithParam<SubscriberRule> {};

TEST_P(WrongSubscriberTest, IsSeen) {
  const SubscriberRule& rule = GetParam();
  if (rule.check == nullptr) GTEST_SKIP() << "not verified";
  WrongSubscribers right("none");
  const absl::Status passes = rule.check(right);
  EXPECT_TRUE(passes.ok()) << "the right subscriber: " << passes;
  WrongSubscribers wrong(rule.id);
  const absl::Status seen = rule.check(wrong);
  EXPECT_EQ(seen.code(), absl::StatusCode::kFailedPrecondition) << seen;
}

INSTANTIATE_TEST_SUITE_P(Tck, WrongSubscriberTest, testing::ValuesIn(tck::SubscriberRules<int>()),
                         tck::RuleName());

// A processor without a buffer: both sides on the threads of those who call.
class WrongProcessor final : public Processor<int, int>, public Subscription {
 public:
  explicit WrongProcessor(std::string wrong) : wrong_(std::move(wrong)) {}
  void OnSubscribe(std::shared_ptr<Subscription> subscription) override {
    from_ = std::move(subscription);
  }
  void OnNext(int n) override {
    if (to_ != nullptr) to_->OnNext(n);
  }
  void OnError(absl::Status failure) override {
    if (wrong_ != "4.02") to_->OnError(std::move(failure));
  }
  void OnComplete() override {
    if (wrong_ != "4.01b") to_->OnComplete();
  }
  void Subscribe(std::shared_ptr<Subscriber<int>> subscriber) override {
    to_ = subscriber;
    subscriber->OnSubscribe(std::shared_ptr<Subscription>(std::shared_ptr<void>(), this));
  }
  void Request(int64_t count) override {
    from_->Request(wrong_ == "4.01a" ? std::min<int64_t>(count, 10) : count);
  }
  void Cancel() override {
    from_->Cancel();
    to_ = nullptr;
  }

 private:
  const std::string wrong_;
  std::shared_ptr<Subscription> from_;
  std::shared_ptr<Subscriber<int>> to_;
};

struct WrongProcessors : tck::ProcessorFactory<int> {
  explicit WrongProcessors(std::string_view rule) : wrong(rule) {}
  std::shared_ptr<Processor<int, int>> Make() override {
    return std::make_shared<WrongProcessor>(wrong);
  }
  int Element(int number) override { return number; }
  const std::string wrong;
};

using ProcessorRule = tck::Rule<tck::ProcessorFactory<int>>;
class WrongProcessorTest : public testing::TestWithParam<ProcessorRule> {};

TEST_P(WrongProcessorTest, IsSeen) {
  const ProcessorRule& rule = GetParam();
  WrongProcessors right("none");
  const absl::Status passes = rule.check(right);
  EXPECT_TRUE(passes.ok()) << "the right processor: " << passes;
  WrongProcessors wrong(rule.id);
  const absl::Status seen = rule.check(wrong);
  EXPECT_EQ(seen.code(), absl::StatusCode::kFailedPrecondition) << seen;
}

INSTANTIATE_TEST_SUITE_P(Tck, WrongProcessorTest, testing::ValuesIn(tck::ProcessorRules<int>()),
                         tck::RuleName());

}  // namespace
}  // namespace sampo::stream

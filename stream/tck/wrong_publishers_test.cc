// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// For each rule of a publisher that can be verified: one that breaks it, and the TCK that sees it.
#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/stream/reactive/reactive_streams.h"
#include "sampo/stream/tck/publisher_rules.h"

namespace sampo::stream {
namespace {

// A publisher that would keep the rules, were it not for `wrong`, the number of the one it breaks.
class WrongSubscription final : public Subscription,
                                public std::enable_shared_from_this<WrongSubscription> {
 public:
  WrongSubscription(std::string wrong, int64_t elements, std::shared_ptr<Subscriber<int>> to)
      : wrong_(std::move(wrong)), elements_(elements), to_(std::move(to)) {}
  ~WrongSubscription() override {
    *stop_ = true;
    for (std::thread& thread : threads_) {
      if (thread.get_id() == std::this_thread::get_id()) {
        thread.detach();
      } else {
        thread.join();
      }
    }
  }

  void Start() {
    started_ = true;
    if (Breaks("1.05b") && elements_ == 0) return;
    Work();
  }
  void Request(int64_t count) override {
    std::unique_lock lock(mutex_);
    if (cancelled_ && !Breaks("3.06")) return;
    if (to_ == nullptr) return;
    if (Breaks("3.02") && (inside_ > 0 || !started_)) return;
    if (Breaks("3.17b") && count == kUnboundedDemand - 1) {
      demand_ = 0;  // as if the sum had become negative
      return;
    }
    if (count < 1) {
      if (Breaks(count == 0 ? "3.09a" : "3.09b")) return;
      const char* text = Breaks("3.09c") ? "no" : "3.9";
      auto to = std::exchange(to_, nullptr);
      lock.unlock();
      return to->OnError(absl::InvalidArgumentError(text));
    }
    if (Breaks("3.17a") && count == kUnboundedDemand) return;
    demand_ = internal::AddDemand(demand_, count);
    if (Breaks("3.17c") && demand_ == kUnboundedDemand && next_ > 1) {
      auto to = std::exchange(to_, nullptr);
      lock.unlock();
      return to->OnError(absl::OutOfRangeError("too much"));
    }
    if (Breaks("1.01")) ++demand_;
    if (Breaks("1.03")) return SignalOnTwoThreads();
    lock.unlock();
    Work();
  }
  void Cancel() override {
    std::unique_lock lock(mutex_);
    if (cancelled_ && Breaks("3.07")) throw std::runtime_error("cancelled twice");
    cancelled_ = true;
    if (Breaks("3.12")) return;
    if (Breaks("3.06")) return;
    if (Breaks("3.13")) {
      static std::vector<std::shared_ptr<Subscriber<int>>>* kept =
          new std::vector<std::shared_ptr<Subscriber<int>>>();
      kept->push_back(to_);
    }
    to_ = nullptr;
  }

 private:
  bool Breaks(std::string_view rule) const { return wrong_ == rule; }
  void SignalOnTwoThreads() {
    if (!threads_.empty()) return;
    for (int i = 0; i < 2; ++i) {
      threads_.emplace_back([to = to_] { to->OnNext(0); });
    }
    threads_.emplace_back([to = to_] { to->OnComplete(); });
  }
  void Work() {
    std::unique_lock lock(mutex_);
    if ((inside_ > 0 && !Breaks("3.03")) || !started_) return;
    if (inside_ > 0 && next_ > 2000) return;  // deep enough to be seen
    ++inside_;
    while (to_ != nullptr && (next_ == elements_ || demand_ > 0)) {
      auto to = to_;
      if (next_ == elements_) {
        to_ = nullptr;
        lock.unlock();
        if (!Breaks("1.05a")) to->OnComplete();
        if (Breaks("1.07")) to->OnNext(0);
        lock.lock();
        continue;
      }
      if (Breaks("1.02") && next_ == 2) break;
      if (demand_ != kUnboundedDemand) --demand_;
      const int64_t number = next_++;
      // Elements that nobody stops come from a thread of their own, a few at a time.
      if (cancelled_ && Breaks("3.12")) {
        threads_.emplace_back([stop = stop_, to] {
          while (!*stop) {
            to->OnNext(0);
            std::this_thread::yield();
          }
        });
        break;
      }
      lock.unlock();
      to->OnNext(static_cast<int>(number));
      lock.lock();
    }
    --inside_;
  }

  std::mutex mutex_;
  const std::string wrong_;
  const int64_t elements_;
  std::shared_ptr<Subscriber<int>> to_;
  int64_t demand_ = 0;
  int64_t next_ = 0;
  int inside_ = 0;
  bool started_ = false;
  bool cancelled_ = false;
  // Shared with the threads, one of which may be the last to let go of this.
  const std::shared_ptr<std::atomic<bool>> stop_ = std::make_shared<std::atomic<bool>>(false);
  std::vector<std::thread> threads_;
};

class WrongPublisher final : public Publisher<int> {
 public:
  WrongPublisher(std::string wrong, int64_t elements, bool failed)
      : wrong_(std::move(wrong)), elements_(elements), failed_(failed) {}
  void Subscribe(std::shared_ptr<Subscriber<int>> subscriber) override {
    if (subscriber == nullptr) {
      if (wrong_ == "1.09b") return;
      internal::ThrowNullArgument("null");
    }
    if (wrong_ == "1.11" && std::exchange(taken_, true)) return;
    if (wrong_ == "1.09a") {
      subscriber->OnComplete();
      return;
    }
    auto subscription = std::make_shared<WrongSubscription>(wrong_, elements_, subscriber);
    if (failed_) {
      if (wrong_ != "1.09c") subscriber->OnSubscribe(subscription);
      if (wrong_ != "1.04") subscriber->OnError(absl::AbortedError("failed"));
      return;
    }
    subscriber->OnSubscribe(subscription);
    subscription->Start();
  }

 private:
  const std::string wrong_;
  const int64_t elements_;
  const bool failed_;
  bool taken_ = false;
};

struct WrongPublishers : tck::PublisherFactory<int> {
  explicit WrongPublishers(std::string_view rule) : wrong(rule) {}
  std::shared_ptr<Publisher<int>> Make(int64_t elements) override {
    return std::make_shared<WrongPublisher>(wrong, elements, false);
  }
  std::shared_ptr<Publisher<int>> MakeFailed() override {
    return std::make_shared<WrongPublisher>(wrong, 0, true);
  }
  const std::string wrong;
};

using PublisherRule = tck::Rule<tck::PublisherFactory<int>>;
class WrongPublisherTest : public testing::TestWithParam<PublisherRule> {};

TEST_P(WrongPublisherTest, IsSeen) {
  const PublisherRule& rule = GetParam();
  if (rule.check == nullptr) GTEST_SKIP() << "not verified";
  WrongPublishers right("none");
  const absl::Status passes = rule.check(right);
  EXPECT_TRUE(passes.ok()) << "the right publisher: " << passes;
  WrongPublishers wrong(rule.id);
  const absl::Status seen = rule.check(wrong);
  EXPECT_EQ(seen.code(), absl::StatusCode::kFailedPrecondition) << seen;
}

INSTANTIATE_TEST_SUITE_P(Tck, WrongPublisherTest, testing::ValuesIn(tck::PublisherRules<int>()),
                         tck::RuleName());

}  // namespace
}  // namespace sampo::stream

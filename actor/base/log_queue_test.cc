// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/log_queue.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace sampo::detail {
namespace {

// A sink whose Write waits at a gate, as a disk that stalls does.
class GatedSink final : public LogSink {
 public:
  absl::Status Write(const LogEvent& event) override {
    std::unique_lock<std::mutex> lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    messages_.push_back(event.message);
    return result_;
  }

  absl::Status Flush() override {
    std::lock_guard<std::mutex> lock(mutex_);
    ++flushes_;
    return absl::OkStatus();
  }

  void Open(absl::Status result = absl::OkStatus()) {
    std::lock_guard<std::mutex> lock(mutex_);
    result_ = std::move(result);
    open_ = true;
    changed_.notify_all();
  }

  void AwaitArrival() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ > 0; });
  }

  std::vector<std::string> Messages() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return messages_;
  }

  int Flushes() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return flushes_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int arrived_ = 0;
  int flushes_ = 0;
  absl::Status result_;
  std::vector<std::string> messages_;
};

using Messages = std::vector<std::string>;

LogEvent Event(std::string message) {
  LogEvent event;
  event.message = std::move(message);
  return event;
}

class LogQueueTest : public testing::Test {
 protected:
  std::shared_ptr<GatedSink> sink_ = std::make_shared<GatedSink>();
  LogQueue queue_{{.capacity = 2, .system = "shop"}, sink_};

  // Leaves the thread waiting in the sink with "0", and the queue empty.
  void StallTheSink() {
    queue_.Push(Event("0"));
    sink_->AwaitArrival();
  }
};

TEST_F(LogQueueTest, FlushWaitsUntilEverythingIsWrittenInOrder) {
  StallTheSink();
  queue_.Push(Event("1"));
  queue_.Push(Event("2"));
  sink_->Open();
  ASSERT_TRUE(queue_.Flush(absl::InfiniteDuration()).ok());
  EXPECT_EQ(sink_->Messages(), (Messages{"0", "1", "2"}));
  EXPECT_GE(sink_->Flushes(), 1);
  EXPECT_EQ(queue_.Stats(), (LogStats{.written = 3, .dropped = 0, .failed = 0}));
}

TEST_F(LogQueueTest, FlushesAnEmptyQueue) {
  ASSERT_TRUE(queue_.Flush(absl::InfiniteDuration()).ok());
  EXPECT_GE(sink_->Flushes(), 1);
}

TEST_F(LogQueueTest, DropsNewestWhenFullAndLogsTheCount) {
  StallTheSink();
  for (int i = 1; i <= 5; ++i) queue_.Push(Event(std::to_string(i)));
  EXPECT_EQ(queue_.Stats().dropped, 3u);
  sink_->Open();
  ASSERT_TRUE(queue_.Shutdown(absl::InfiniteDuration()).ok());
  EXPECT_EQ(sink_->Messages(),
            (Messages{"0", "1", "2",
                      "dropped 3 events because 2 were waiting; raise log.queue_capacity or log "
                      "less"}));
  EXPECT_EQ(queue_.Stats(), (LogStats{.written = 4, .dropped = 3, .failed = 0}));
}

TEST_F(LogQueueTest, FlushGivesUpAfterItsTimeout) {
  StallTheSink();
  queue_.Push(Event("1"));
  const absl::Status status = queue_.Flush(absl::Milliseconds(1));
  EXPECT_EQ(status,
            absl::DeadlineExceededError("log: 2 events not written within 1ms; the sink is slow"));
  sink_->Open();
  EXPECT_TRUE(queue_.Shutdown(absl::InfiniteDuration()).ok());
}

TEST_F(LogQueueTest, ShutdownWritesWhatWaitsAndDropsWhatComesLater) {
  sink_->Open();
  queue_.Push(Event("1"));
  ASSERT_TRUE(queue_.Shutdown(absl::InfiniteDuration()).ok());
  queue_.Push(Event("late"));
  EXPECT_EQ(sink_->Messages(), Messages{"1"});
  EXPECT_EQ(queue_.Stats().dropped, 1u);
  EXPECT_TRUE(queue_.Shutdown(absl::ZeroDuration()).ok());
  EXPECT_TRUE(queue_.Flush(absl::ZeroDuration()).ok());
}

TEST_F(LogQueueTest, ShutdownLeavesAHangingSinkBehind) {
  StallTheSink();
  queue_.Push(Event("1"));
  EXPECT_EQ(
      queue_.Shutdown(absl::Milliseconds(1)),
      absl::DeadlineExceededError("log: gave up 2 events after 1ms; the sink is slow or hangs"));
  EXPECT_EQ(queue_.Stats().dropped, 2u);
  sink_->Open();  // Lets the thread that was left behind end.
}

TEST_F(LogQueueTest, CountsWhatTheSinkRefuses) {
  sink_->Open(absl::UnavailableError("disk full"));
  testing::internal::CaptureStderr();
  queue_.Push(Event("1"));
  queue_.Push(Event("2"));
  ASSERT_TRUE(queue_.Flush(absl::InfiniteDuration()).ok());
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "sampo.log: cannot write: UNAVAILABLE: disk full\n");
  EXPECT_EQ(queue_.Stats(), (LogStats{.written = 0, .dropped = 0, .failed = 2}));
}

TEST(LogQueueThreadsTest, AccountsForEveryEventOfManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kEvents = 2000;
  auto sink = std::make_shared<CaptureLogSink>();
  LogQueue queue({.capacity = 64}, sink);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&queue] {
      for (int i = 0; i < kEvents; ++i) queue.Push(Event("x"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(queue.Shutdown(absl::InfiniteDuration()).ok());
  const size_t written = sink->Count([](const LogEvent& e) { return e.message == "x"; });
  EXPECT_EQ(written + queue.Stats().dropped, size_t{kThreads * kEvents});
}

}  // namespace
}  // namespace sampo::detail

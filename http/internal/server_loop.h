// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// IoLoop: one I/O thread of a server: work that is posted to it, deadlines of what lives on it, and
// what all its connections share (the date, chance).
//
// Deadlines are lazy: most only move further away (a connection that is busy is not idle), so that
// one which is set again later than it stands costs a comparison; when it comes, its owner looks
// whether it is really due. Times are those of the clock that the loop was given: where that is not
// the machine's (ManualTime), the loop looks at it every few milliseconds.
// Threads: Post and Stop from any; everything else on the loop's. Lifetime: shared by its thread
// and by all who may still post.
//
//   loop->Post([connection] { connection->Start(); });
//   loop->SetBy(this, DeadlineNanos(loop->NowNanos(), absl::Seconds(10)));
#ifndef SAMPO_HTTP_INTERNAL_SERVER_LOOP_H_
#define SAMPO_HTTP_INTERNAL_SERVER_LOOP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>

#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/base/unique_function.h"

namespace boost::asio {
class io_context;
}

namespace sampo::http::internal {

class IoLoop;

// Something that can become due on a loop. It takes itself out before it ends (IoLoop::Forget).
class Deadline {
 public:
  virtual ~Deadline() = default;
  // It may be early: the owner compares with the time that counts, and sets it again.
  virtual void OnDeadline() = 0;

 private:
  friend class IoLoop;
  bool is_set_ = false;
  std::multimap<int64_t, Deadline*>::iterator place_;
};

class IoLoop final : public std::enable_shared_from_this<IoLoop> {
 public:
  IoLoop(const Clock& clock, uint64_t seed);
  ~IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  // From any thread; runs on the loop's, in order for each poster. Destroyed uncalled after the
  // end.
  void Post(UniqueFunction<void()> work);
  // Runs until Stop, and then what was posted before.
  void Run();
  // Runs what is ready and returns: for a test without a thread.
  void RunReady();
  // From any thread: Run returns soon. Idempotent.
  void Stop();
  // As Stop, for a thread that is left behind: nothing that was posted runs any more, as what it
  // would use may be gone. What is posted then stays, and so may all that it holds.
  void Abandon();
  bool IsOnThread() const;

  const Clock& clock() const { return clock_; }
  int64_t NowNanos() const { return clock_.NowNanos(); }
  // "Thu, 26 Nov 2026 07:16:36 GMT": made once for each second. Lives until the next call.
  std::string_view HttpDate(int64_t now_nanos);
  Random& random() { return random_; }

  // Calls OnDeadline at `nanos` or before: an earlier one that is set stays.
  void SetBy(Deadline* deadline, int64_t nanos);
  void Forget(Deadline* deadline);

  // For sockets.
  boost::asio::io_context& context();

 private:
  struct Parts;
  void Sleep();
  void RunDue();

  const Clock& clock_;
  const bool clock_is_real_;
  Random random_;
  std::multimap<int64_t, Deadline*> deadlines_;  // one for each connection at most
  int64_t sleeps_until_nanos_ = kNeverNanos;
  std::atomic<bool> has_ended_{false};
  std::atomic<bool> is_abandoned_{false};
  int64_t date_second_ = -1;
  char date_[32];
  size_t date_size_ = 0;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_SERVER_LOOP_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TimedSocket: a connected socket whose every wait ends at a deadline.
//
// Why: a timeout for each read lets a client that sends a byte now and then hold a thread for ever.
// Here a whole request has one deadline and a number of bytes, and a whole answer another.
//
// Threads: one at a time, but for Interrupt and StopReading, which are for others; who calls those
// sees to it that the socket is not being destroyed. Times are the machine's: sockets know no
// others.
#ifndef SAMPO_MANAGEMENT_INTERNAL_TIMED_SOCKET_H_
#define SAMPO_MANAGEMENT_INTERNAL_TIMED_SOCKET_H_

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace sampo::internal {

class TimedSocket {
 public:
  // Takes `fd`, which does not block.
  explicit TimedSocket(int fd) : fd_(fd) {}
  ~TimedSocket();
  TimedSocket(const TimedSocket&) = delete;
  TimedSocket& operator=(const TimedSocket&) = delete;

  // Waits until there is something to read. False: the other side has closed, or `timeout` is over.
  bool AwaitBytes(absl::Duration timeout);

  struct Limits {
    absl::Duration read_timeout;   // from now on, for all reads together
    size_t read_bytes_max;         // of all reads together
    absl::Duration write_timeout;  // from the first write on, for all writes together
  };
  void BeginRequest(const Limits& limits);

  // Bytes read; 0: the other side has closed; -1: a limit is reached, or the connection is broken.
  ssize_t Read(char* to, size_t size);
  // `size`, or -1.
  ssize_t Write(const char* from, size_t size);

  // Says that nothing more comes, and reads what the other side still sends, at most `timeout`
  // long: a socket that is closed with unread bytes would take the answer back.
  void Linger(absl::Duration timeout);

  // --- from other threads ---
  // Reads give what has arrived, and then the end.
  void StopReading();
  // All that waits ends at once.
  void Interrupt();

 private:
  // Waits for `events` of poll.
  bool Await(short events, int64_t deadline_nanos);
  // Into the empty buffer. As Read.
  ssize_t Fill(int64_t deadline_nanos);

  const int fd_;
  Limits limits_ = {};
  int64_t read_deadline_nanos_ = 0;
  int64_t write_deadline_nanos_ = 0;  // 0: nothing was written yet
  size_t bytes_left_ = 0;             // of limits_.read_bytes_max
  size_t begin_ = 0;                  // of what is in the buffer
  size_t end_ = 0;
  std::array<char, 4096> buffer_;
};

}  // namespace sampo::internal

#endif  // SAMPO_MANAGEMENT_INTERNAL_TIMED_SOCKET_H_

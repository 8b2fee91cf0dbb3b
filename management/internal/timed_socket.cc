// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/management/internal/timed_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sampo/actor/base/clock.h"

namespace sampo::internal {
namespace {

int64_t Now() { return Clock::Real().NowNanos(); }

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

TimedSocket::~TimedSocket() { close(fd_); }

bool TimedSocket::Await(short events, int64_t deadline_nanos) {
  for (;;) {
    const int64_t left = deadline_nanos - Now();
    if (left <= 0) return false;
    pollfd wanted{.fd = fd_, .events = events, .revents = 0};
    // Rounded up, so that it does not spin in the last millisecond.
    const int64_t millis = std::min<int64_t>(left / 1'000'000 + 1, 60'000);
    const int ready = poll(&wanted, 1, static_cast<int>(millis));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

ssize_t TimedSocket::Fill(int64_t deadline_nanos) {
  for (;;) {
    const ssize_t got = recv(fd_, buffer_.data(), buffer_.size(), 0);
    if (got >= 0) {
      begin_ = 0;
      end_ = static_cast<size_t>(got);
      return got;
    }
    if (errno == EINTR) continue;
    if (!WouldBlock(errno) || !Await(POLLIN, deadline_nanos)) return -1;
  }
}

bool TimedSocket::AwaitBytes(absl::Duration timeout) {
  return begin_ < end_ || Fill(DeadlineNanos(Now(), timeout)) > 0;
}

void TimedSocket::BeginRequest(const Limits& limits) {
  limits_ = limits;
  read_deadline_nanos_ = DeadlineNanos(Now(), limits.read_timeout);
  write_deadline_nanos_ = 0;
  bytes_left_ = limits.read_bytes_max;
}

ssize_t TimedSocket::Read(char* to, size_t size) {
  if (bytes_left_ == 0) return -1;
  if (begin_ == end_) {
    const ssize_t got = Fill(read_deadline_nanos_);
    if (got <= 0) return got;
  }
  const size_t count = std::min({size, end_ - begin_, bytes_left_});
  std::memcpy(to, buffer_.data() + begin_, count);
  begin_ += count;
  bytes_left_ -= count;
  return static_cast<ssize_t>(count);
}

ssize_t TimedSocket::Write(const char* from, size_t size) {
  if (write_deadline_nanos_ == 0) {
    write_deadline_nanos_ = DeadlineNanos(Now(), limits_.write_timeout);
  }
  size_t written = 0;
  while (written < size) {
    const ssize_t sent = send(fd_, from + written, size - written, MSG_NOSIGNAL);
    if (sent >= 0) {
      written += static_cast<size_t>(sent);
      // A client that takes a byte at a time would never let poll come to its deadline.
      if (written < size && Now() >= write_deadline_nanos_) return -1;
      continue;
    }
    if (errno == EINTR) continue;
    if (!WouldBlock(errno) || !Await(POLLOUT, write_deadline_nanos_)) return -1;
  }
  return static_cast<ssize_t>(size);
}

void TimedSocket::Linger(absl::Duration timeout) {
  shutdown(fd_, SHUT_WR);
  const int64_t deadline = DeadlineNanos(Now(), timeout);
  while (Fill(deadline) > 0 && Now() < deadline) {
  }
}

void TimedSocket::StopReading() { shutdown(fd_, SHUT_RD); }
void TimedSocket::Interrupt() { shutdown(fd_, SHUT_RDWR); }

}  // namespace sampo::internal

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/thread_meter.h"

#include <fcntl.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <type_traits>

namespace sampo {

static_assert(std::is_same_v<clockid_t, int>);

void ThreadMeter::AttachToThisThread() {
  clockid_t clock;
  if (pthread_getcpuclockid(pthread_self(), &clock) != 0) return;
  clock_.store(clock, std::memory_order_relaxed);
  thread_id_.store(static_cast<int>(gettid()), std::memory_order_release);
}

bool ThreadMeter::IsReady() const {
  const int thread_id = thread_id_.load(std::memory_order_acquire);
  if (thread_id == 0) return false;
  char path[64];
  std::snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread_id);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char text[128];  // "123 (name) R ..."; a name has at most 15 characters, of any kind
  const ssize_t length = read(file, text, sizeof(text));
  close(file);
  if (length <= 0) return false;
  const std::string_view line(text, static_cast<size_t>(length));
  const size_t name_end = line.rfind(") ");
  return name_end != line.npos && name_end + 2 < line.size() && line[name_end + 2] == 'R';
}

int64_t ThreadMeter::CpuNanos() const {
  if (thread_id_.load(std::memory_order_acquire) == 0) return 0;
  timespec used;
  if (clock_gettime(clock_.load(std::memory_order_relaxed), &used) != 0) return 0;
  return int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

}  // namespace sampo

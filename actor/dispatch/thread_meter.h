// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ThreadMeter: what another thread is doing, as the kernel sees it.
//
// Why: a turn that does not end may wait for something, may compute, or may have lost its core to
// another process. The first two hold a worker up; the last one is nobody's fault, and one more
// thread would only make it worse.
// Threads: AttachToThisThread by the thread that is measured; the rest by any.
// Lifetime: may outlive the thread, which then uses no more time.
//
//   ThreadMeter meter;
//   std::thread thread([&] { meter.AttachToThisThread(); Work(); });
//   if (!meter.IsReady()) ...   // it sleeps: in a lock, in a read
#ifndef SAMPO_ACTOR_DISPATCH_THREAD_METER_H_
#define SAMPO_ACTOR_DISPATCH_THREAD_METER_H_

#include <atomic>
#include <cstdint>

namespace sampo {

class ThreadMeter {
 public:
  void AttachToThisThread();

  // True: it runs, or waits for nothing but a core. False: it sleeps, has ended, was never
  // attached, or the kernel does not say. Reads a file of /proc: some microseconds.
  bool IsReady() const;
  // Processor time it has used; 0 where that is not known.
  int64_t CpuNanos() const;

 private:
  // Release and acquire: who sees the id sees the clock.
  std::atomic<int> thread_id_{0};  // 0: never attached
  std::atomic<int> clock_{0};
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_THREAD_METER_H_

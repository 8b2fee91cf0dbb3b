// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// NameThisThread: gives threads of dispatchers a name that top -H and debuggers show.
//
// Why: "which of the forty threads is the blocked one" must be answerable from outside.
// Threads: names the calling one. Lifetime: until the thread ends.
//
//   NameThisThread("default", 3);   // default-3
#ifndef SAMPO_ACTOR_DISPATCH_THREAD_NAME_H_
#define SAMPO_ACTOR_DISPATCH_THREAD_NAME_H_

#include <pthread.h>

#include <string>

namespace sampo {

// "<name>-<number>", or "<name>" for a negative number; the name is cut so that all fits.
inline void NameThisThread(const std::string& name, int number = -1) {
  constexpr size_t kLengthMax = 15;  // pthread_setname_np(3): 16 bytes with the final zero
  std::string suffix = number < 0 ? std::string() : "-" + std::to_string(number);
  std::string full = name.substr(0, kLengthMax - suffix.size()) + suffix;
  pthread_setname_np(pthread_self(), full.c_str());
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_THREAD_NAME_H_

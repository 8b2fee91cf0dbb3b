// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What a Generator refuses, and with which words.
#include "sampo/stream/generator.h"

#include <memory>
#include <string>

#include "sampo/actor/future.h"

namespace sampo::stream {

Generator<std::string> Right(std::string text) {
  co_yield text;
  co_yield Moved(text);
}

#ifdef CASE_TEMPORARY
Generator<std::string> Wrong() { co_yield std::string("text"); }
#endif

#ifdef CASE_NUMBER
Generator<int> Wrong() { co_yield 1; }
#endif

#ifdef CASE_COPY_OF_A_MOVE_ONLY
Generator<std::unique_ptr<int>> Wrong(std::unique_ptr<int> pointer) { co_yield pointer; }
#endif

#ifdef CASE_AWAIT
Generator<int> Wrong(Future<int> future) {
  const int n = co_await future;
  co_yield n;
}
#endif

}  // namespace sampo::stream

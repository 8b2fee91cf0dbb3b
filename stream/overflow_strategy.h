// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// OverflowStrategy: what a buffer does with one more element when it is full: of Buffer, Delay, the
// queues (queue.h) and Source::ActorRef.
//
// Threads: values.
#ifndef SAMPO_STREAM_OVERFLOW_STRATEGY_H_
#define SAMPO_STREAM_OVERFLOW_STRATEGY_H_

#include <cstdint>

namespace sampo::stream {

enum class OverflowStrategy : uint8_t {
  kBackpressure,  // no more elements are asked for
  kDropHead,      // the oldest goes, the new one is kept
  kDropTail,      // the youngest goes, the new one is kept
  kDropNew,       // the new one goes
  kDropBuffer,    // all go, the new one is kept
  kFail,          // the stream fails with RESOURCE_EXHAUSTED
  kEmitEarly,     // Delay alone: the oldest is emitted before its time
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OVERFLOW_STRATEGY_H_

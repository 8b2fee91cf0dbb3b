// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Queues between a stream and code outside: Source<T>::Queue, into which elements are offered
// (source_queue.h), and Sink<T>::Queue, out of which they are pulled (sink_queue.h).
//
// Threads: their handles are values, used from any thread, also after the stream has ended.
#ifndef SAMPO_STREAM_QUEUE_H_
#define SAMPO_STREAM_QUEUE_H_

#include "sampo/stream/sink_queue.h"    // IWYU pragma: export
#include "sampo/stream/source_queue.h"  // IWYU pragma: export

#endif  // SAMPO_STREAM_QUEUE_H_

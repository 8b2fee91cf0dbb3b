// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The umbrella of //stream: sources, flows, sinks, graphs, and what runs them.
//
// Threads: see the parts.
//
//   using namespace sampo::stream;
//   Future<std::vector<int>> odd = Source<int>::Range(1, 10)
//       .Filter([](int n) { return n % 2 == 1; })
//       .RunWith(Sink<int>::Seq(), system);
#ifndef SAMPO_STREAM_STREAM_H_
#define SAMPO_STREAM_STREAM_H_

#include "sampo/stream/attributes.h"
#include "sampo/stream/bidi_flow.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/graph_dsl.h"
#include "sampo/stream/kill_switch.h"
#include "sampo/stream/materializer.h"
#include "sampo/stream/restart.h"
#include "sampo/stream/retry_flow.h"
#include "sampo/stream/runnable_graph.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source.h"
#include "sampo/stream/stage.h"
#include "sampo/stream/with_context.h"

#endif  // SAMPO_STREAM_STREAM_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FindHeads: which stages a stream that stands still waits for in the end.
//
// A stage waits for the one below while it has no demand, and for the one above while it has no
// element; the two sides of an asynchronous boundary wait for each other accordingly. The heads are
// the strongly connected parts of that graph that wait for nobody: one stage (which waits for
// something outside), or several, which wait for each other (a deadlock).
// Source of the algorithm: Tarjan 1972, iterative. Threads: a pure function.
#ifndef SAMPO_STREAM_INTERNAL_WAIT_GRAPH_H_
#define SAMPO_STREAM_INTERNAL_WAIT_GRAPH_H_

#include <vector>

#include "sampo/stream/stall_report.h"

namespace sampo::stream::internal {

// Indices of stages; see StreamState::heads. Empty while an island runs: it is what is waited for.
std::vector<std::vector<int>> FindHeads(const StreamState& stream);

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_INTERNAL_WAIT_GRAPH_H_

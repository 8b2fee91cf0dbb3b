// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FlowOps: all operators of Source, Flow and SubFlow; each family is in a header of stream/ops.
//
// Threads: values; see the families.
#ifndef SAMPO_STREAM_FLOW_OPS_H_
#define SAMPO_STREAM_FLOW_OPS_H_

#include "sampo/stream/ops/simple.h"

namespace sampo::stream {

template <class Derived, class Out>
class FlowOps : public SimpleOps<Derived, Out> {};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_FLOW_OPS_H_

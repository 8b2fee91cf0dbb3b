// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FlowOps: all operators of Source, Flow and SubFlow; each family is in a header of stream/ops.
//
// Why one class: Source, Flow and SubFlow have the same operators, each with results of its own
// kind (Rebind). Threads: values; see the families.
#ifndef SAMPO_STREAM_FLOW_OPS_H_
#define SAMPO_STREAM_FLOW_OPS_H_

#include "sampo/stream/ops/async.h"
#include "sampo/stream/ops/backpressure.h"
#include "sampo/stream/ops/fan_in.h"
#include "sampo/stream/ops/fan_out.h"
#include "sampo/stream/ops/folding.h"
#include "sampo/stream/ops/grouping.h"
#include "sampo/stream/ops/interop.h"
#include "sampo/stream/ops/nesting.h"
#include "sampo/stream/ops/recovery.h"
#include "sampo/stream/ops/simple.h"
#include "sampo/stream/ops/slicing.h"
#include "sampo/stream/ops/stateful.h"
#include "sampo/stream/ops/status.h"
#include "sampo/stream/ops/structural.h"
#include "sampo/stream/ops/taps.h"
#include "sampo/stream/ops/timed.h"

namespace sampo::stream {

template <class Derived, class Out>
class FlowOps : public SimpleOps<Derived, Out>,
                public SlicingOps<Derived, Out>,
                public FoldingOps<Derived, Out>,
                public StatefulOps<Derived, Out>,
                public GroupingOps<Derived, Out>,
                public TapOps<Derived, Out>,
                public StructuralOps<Derived, Out>,
                public AsyncOps<Derived, Out>,
                public TimedOps<Derived, Out>,
                public BackpressureOps<Derived, Out>,
                public RecoveryOps<Derived, Out>,
                public StatusOps<Derived, Out>,
                public FanInOps<Derived, Out>,
                public FanOutOps<Derived, Out>,
                public NestingOps<Derived, Out>,
                public InteropOps<Derived, Out> {};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_FLOW_OPS_H_

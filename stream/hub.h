// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The hubs: points where streams join and leave one that runs.
//
// Threads: see the parts.
//
//   Sink<Event> events = MergeHub<Event>::Source(16).To(handler).Run(system);
#ifndef SAMPO_STREAM_HUB_H_
#define SAMPO_STREAM_HUB_H_

#include "sampo/stream/broadcast_hub.h"
#include "sampo/stream/merge_hub.h"
#include "sampo/stream/partition_hub.h"

#endif  // SAMPO_STREAM_HUB_H_

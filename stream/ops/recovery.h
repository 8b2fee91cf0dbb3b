// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RecoveryOps: what to do about failures: Recover, MapError, OnErrorComplete.
//
// Threads: functions run on the stream's turn, copied for each materialization.
#ifndef SAMPO_STREAM_OPS_RECOVERY_H_
#define SAMPO_STREAM_OPS_RECOVERY_H_

#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/stages.h"

namespace sampo::stream {

template <class Derived, class Out>
class RecoveryOps {
 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_RECOVERY_H_

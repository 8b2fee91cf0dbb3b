// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/dispatcher.h"

namespace sampo {

thread_local constinit CurrentWorker current_worker __attribute__((tls_model("initial-exec")));

}  // namespace sampo

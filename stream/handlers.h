// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// InHandler and OutHandler: what a stage does when something happens at one of its ports.
//
// A port has one handler at a time; it may be replaced in between (Inlet::SetHandler).
// Threads: called on the turn of the stream's actor. Lifetime: owned by the stage, as
// what they are: not deleted by this class, so that a stage which is its own handler has no
// destructor more for each.
#ifndef SAMPO_STREAM_HANDLERS_H_
#define SAMPO_STREAM_HANDLERS_H_

#include "absl/status/status.h"

namespace sampo::stream {

// What happens at an inlet.
class InHandler {
 public:
  // An element is there: Grab it.
  virtual void OnPush() = 0;
  // No more elements will come. By default the stage completes.
  virtual void OnUpstreamFinish();
  // The stream above has failed. By default the stage fails.
  virtual void OnUpstreamFailure(const absl::Status& failure);

 protected:
  ~InHandler() = default;
};

// What happens at an outlet.
class OutHandler {
 public:
  // An element is wanted: Push is allowed, now or later.
  virtual void OnPull() = 0;
  // Nobody wants more; `cause` is OK, or why the stream below failed. By default as
  // Attributes::Cancellation says.
  virtual void OnDownstreamFinish(const absl::Status& cause);

 protected:
  ~OutHandler() = default;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_HANDLERS_H_

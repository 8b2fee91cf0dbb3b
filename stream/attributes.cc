// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/attributes.h"

#include <algorithm>

namespace sampo::stream {

Attributes::Attributes() = default;
Attributes::Attributes(const Attributes& other) = default;
Attributes::Attributes(Attributes&& other) noexcept = default;
Attributes& Attributes::operator=(const Attributes& other) = default;
Attributes& Attributes::operator=(Attributes&& other) noexcept = default;
Attributes::~Attributes() = default;

Attributes&& Attributes::InputBuffer(int initial, int max) && {
  initial = std::max(initial, 1);
  input_buffer_ = stream::InputBuffer{initial, std::max(initial, max)};
  return std::move(*this);
}

Attributes&& Attributes::EventLimit(int events) && {
  event_limit_ = std::max(events, 1);
  return std::move(*this);
}

Attributes Attributes::Overlay(const Attributes& inner) const {
  Attributes both = *this;
  if (!inner.name_.empty()) both.name_ = inner.name_;
  if (inner.input_buffer_) both.input_buffer_ = inner.input_buffer_;
  if (inner.dispatcher_) both.dispatcher_ = inner.dispatcher_;
  if (inner.decider_) both.decider_ = inner.decider_;
  if (inner.cancellation_) both.cancellation_ = inner.cancellation_;
  if (inner.log_levels_) both.log_levels_ = inner.log_levels_;
  if (inner.subscription_timeout_) both.subscription_timeout_ = inner.subscription_timeout_;
  if (inner.event_limit_) both.event_limit_ = inner.event_limit_;
  if (inner.fuzz_seed_) both.fuzz_seed_ = inner.fuzz_seed_;
  return both;
}

}  // namespace sampo::stream

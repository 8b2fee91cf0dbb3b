// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SharedAttributes: the attributes that hold at one place of a materialized stream, shared by the
// stages there.
//
// Threads: immutable.
#ifndef SAMPO_STREAM_DETAIL_SHARED_ATTRIBUTES_H_
#define SAMPO_STREAM_DETAIL_SHARED_ATTRIBUTES_H_

#include <utility>

#include "sampo/stream/attributes.h"
#include "sampo/stream/detail/ref_counted.h"

namespace sampo::stream::internal {

struct AttributesBox final : RefCounted {
  explicit AttributesBox(Attributes attributes) : value(std::move(attributes)) {}
  const Attributes value;
};
using SharedAttributes = Ref<AttributesBox>;

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_SHARED_ATTRIBUTES_H_

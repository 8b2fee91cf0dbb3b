// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// MakeQueueStage: a blueprint of a stage whose logic makes its materialized value, queue().
//
// Threads: as Blueprint.
#ifndef SAMPO_STREAM_DETAIL_QUEUE_STAGE_H_
#define SAMPO_STREAM_DETAIL_QUEUE_STAGE_H_

#include <memory>
#include <utility>

#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream::internal {

template <class Mat, class Logic, class... Args>
BlueprintRef<Mat> MakeQueueStage(const char* name, SourceLocation where, Args... args) {
  return MakeStage<Mat>(name, where, [... args = args] {
    auto logic = std::make_unique<Logic>(args...);
    Mat queue = logic->queue();
    return std::pair(std::move(logic), std::move(queue));
  });
}

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_QUEUE_STAGE_H_

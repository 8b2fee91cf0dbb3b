// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stage behind Source<T>::Generate.
//
// Threads: the stream's turn.
#ifndef SAMPO_STREAM_OPS_DETAIL_GENERATE_H_
#define SAMPO_STREAM_OPS_DETAIL_GENERATE_H_

#include <optional>
#include <utility>

#include "sampo/stream/detail/stages.h"
#include "sampo/stream/generator.h"

namespace sampo::stream::internal {

template <class T, class F>
class GenerateLogic final : public SourceLogic<T> {
 public:
  explicit GenerateLogic(F f) : f_(std::move(f)) {}
  void OnPull() override {
    if (!generator_) generator_.emplace(f_());
    std::optional<T> element = generator_->Next();
    if (element) return this->out_.Push(*std::move(element));
    this->CompleteStage();
  }
  // The frame's locals end with the stage, on its turn.
  void PostStop() override { generator_.reset(); }

 private:
  F f_;  // before the coroutine, which looks at its captures
  std::optional<Generator<T>> generator_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_OPS_DETAIL_GENERATE_H_

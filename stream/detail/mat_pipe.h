// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// MakeMatPipe: a pipe operator with a materialized value.
//
// Threads: as Blueprint.
#ifndef SAMPO_STREAM_DETAIL_MAT_PIPE_H_
#define SAMPO_STREAM_DETAIL_MAT_PIPE_H_

#include <utility>

#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream::internal {

template <class In, class Out, class Mat, class Factory>
class MatPipeNode final : public Blueprint<Mat> {
 public:
  MatPipeNode(const char* name, SourceLocation where, Factory factory)
      : name_(name), where_(where), factory_(std::move(factory)) {}
  Mat Build(BuildContext& context, Ports& ports) const override {
    auto [op, value] = factory_();
    BuildPipe(Pipe<In, Out>::EndOf(op), name_, where_, context, ports);
    return std::move(value);
  }

 private:
  const char* const name_;
  const SourceLocation where_;
  const Factory factory_;
};

// `factory()` makes a pair of an operator, by new, and the value.
template <class In, class Out, class Mat, class Factory>
BlueprintRef<Mat> MakeMatPipe(const char* name, SourceLocation where, Factory factory) {
  return BlueprintRef<Mat>(new MatPipeNode<In, Out, Mat, Factory>(name, where, std::move(factory)));
}

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_MAT_PIPE_H_

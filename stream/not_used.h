// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// NotUsed: the materialized value of what has none. Keep: which value of two is kept.
//
// Threads: values.
//
//   source.ToMat(sink, KeepRight()).Run(system)  // gives the sink's value
#ifndef SAMPO_STREAM_NOT_USED_H_
#define SAMPO_STREAM_NOT_USED_H_

#include <utility>

namespace sampo::stream {

struct NotUsed {
  friend bool operator==(NotUsed, NotUsed) { return true; }
};

// Combiners for ViaMat and ToMat; any callable of two values does.
struct KeepLeft {
  template <class L, class R>
  L operator()(L left, R) const {
    return left;
  }
};
struct KeepRight {
  template <class L, class R>
  R operator()(L, R right) const {
    return right;
  }
};
struct KeepBoth {
  template <class L, class R>
  std::pair<L, R> operator()(L left, R right) const {
    return {std::move(left), std::move(right)};
  }
};
struct KeepNone {
  template <class L, class R>
  NotUsed operator()(L, R) const {
    return {};
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_NOT_USED_H_

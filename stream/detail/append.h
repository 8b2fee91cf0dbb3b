// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AppendPipe and AppendStage: how the families of operators (stream/ops) add one to the class they
// are mixed into.
//
// That class has `template <class U> using Rebind` (itself with elements of U) and
// `Rebind<U> Append<U>(BlueprintRef<NotUsed>) const`.
// Threads: pure functions.
#ifndef SAMPO_STREAM_DETAIL_APPEND_H_
#define SAMPO_STREAM_DETAIL_APPEND_H_

#include <memory>
#include <utility>

#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream::internal {

// A pipe operator `Op(args...)`, made anew for each materialization.
template <class Op, class Derived, class... Args>
auto AppendPipe(const Derived& to, const char* name, SourceLocation where, Args... args) {
  CheckCopyable<Args...>();
  using In = typename Op::Input;
  using Out = typename Op::Output;
  return to.template Append<Out>(
      MakePipe<In, Out>(name, where, [... args = std::move(args)] { return new Op(args...); }));
}

// A stage `Logic(args...)` whose first outlet gives U.
template <class U, class Logic, class Derived, class... Args>
auto AppendStage(const Derived& to, const char* name, SourceLocation where, Args... args) {
  return to.template Append<U>(MakeLogicStage<Logic>(name, where, std::move(args)...));
}

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_APPEND_H_

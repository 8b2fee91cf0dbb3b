// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// On and OnSignal: sets of handlers, one lambda for each message (signal), written side by side.
//
// A handler takes `const M&` or `M&` (it reads), `M&&` or `M` (it takes the message away). It
// returns the next behavior: Same(), Stopped(), Fail(status), a Behavior<C>, a Partial<C> where it
// may say Unhandled(), or a Task<Behavior<C>> where it is a coroutine.
//
//   On{[](const Add& m) { ... return Same(); }, [](Checkout&& m) { ... return Stopped(); }}
#ifndef SAMPO_ACTOR_ON_H_
#define SAMPO_ACTOR_ON_H_

#include <utility>

namespace sampo {

template <class... Handlers>
struct On;
template <>
struct On<> {};
template <class First, class... Rest>
struct On<First, Rest...> : First, Rest... {
  using First::operator();
  using Rest::operator()...;
  On(First first, Rest... rest) : First(std::move(first)), Rest(std::move(rest))... {}
};
template <class... Handlers>
On(Handlers...) -> On<Handlers...>;

template <class... Handlers>
struct OnSignal : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
OnSignal(Handlers...) -> OnSignal<Handlers...>;

}  // namespace sampo

#endif  // SAMPO_ACTOR_ON_H_

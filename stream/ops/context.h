// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ContextOps: the operators of SourceWithContext and FlowWithContext: those that make one element
// of one, drop some, or make several with the same context. None puts elements in another order, so
// contexts may be offsets to commit.
//
// Supervision is that of the operator of the same name.
// Threads: functions run on the stream's turn, copied for each materialization.
#ifndef SAMPO_STREAM_OPS_CONTEXT_H_
#define SAMPO_STREAM_OPS_CONTEXT_H_

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/ops/simple.h"
#include "sampo/stream/ops/stateful.h"
#include "sampo/stream/ops/taps.h"

namespace sampo::stream {

// Derived has `inner()`, a stream of pairs, and `Wrap<U, C>(stream)`, itself around another one.
template <class Derived, class Out, class Context>
class ContextOps {
 public:
  using Pair = std::pair<Out, Context>;

  // f(Out) in place of the element.
  template <class F>
  auto Map(F f, SourceLocation where = SourceLocation::Current()) const {
    using U = internal::ResultOf<F, Out>;
    return Wrap<U, Context>(inner().Map(
        [f = std::move(f)](Pair pair) mutable {
          return std::pair<U, Context>(f(std::move(pair.first)), std::move(pair.second));
        },
        where));
  }
  // The value of f(Out), a StatusOr.
  template <class F>
  auto TryMap(F f, SourceLocation where = SourceLocation::Current()) const {
    using U = typename internal::ResultOf<F, Out>::value_type;
    return Wrap<U, Context>(inner().TryMap(
        [f = std::move(f)](Pair pair) mutable -> absl::StatusOr<std::pair<U, Context>> {
          absl::StatusOr<U> result = f(std::move(pair.first));
          if (!result.ok()) return std::move(result).status();
          return std::pair<U, Context>(*std::move(result), std::move(pair.second));
        },
        where));
  }
  // The value of the Future that f(Out) returns; at most `parallelism` at a time, in order.
  template <class F>
  auto MapAsync(int parallelism, F f, SourceLocation where = SourceLocation::Current()) const {
    using U = typename internal::ResultOf<F, Out>::Value;
    return Wrap<U, Context>(inner().MapAsync(
        parallelism,
        [f = std::move(f)](Pair pair) mutable {
          return f(std::move(pair.first)).Map([context = std::move(pair.second)](U value) mutable {
            return std::pair<U, Context>(std::move(value), std::move(context));
          });
        },
        where));
  }
  // The partial function `f`, on the elements that it knows.
  template <class F>
  auto Collect(F f, SourceLocation where = SourceLocation::Current()) const {
    using U = typename internal::ResultOf<F, Out>::value_type;
    return Wrap<U, Context>(inner().Collect(
        [f = std::move(f)](Pair pair) mutable -> std::optional<std::pair<U, Context>> {
          std::optional<U> value = f(std::move(pair.first));
          if (!value) return std::nullopt;
          return std::pair<U, Context>(*std::move(value), std::move(pair.second));
        },
        where));
  }
  // Elements for which predicate(const Out&) is true, or false, with their contexts.
  template <class F>
  auto Filter(F predicate, SourceLocation where = SourceLocation::Current()) const {
    return Wrap<Out, Context>(inner().Filter(OfFirst<F>{std::move(predicate)}, where));
  }
  template <class F>
  auto FilterNot(F predicate, SourceLocation where = SourceLocation::Current()) const {
    return Wrap<Out, Context>(inner().FilterNot(OfFirst<F>{std::move(predicate)}, where));
  }
  // The elements of the range f(Out), each with a copy of the context.
  template <class F>
  auto MapConcat(F f, SourceLocation where = SourceLocation::Current()) const {
    using U = internal::RangeElement<internal::ResultOf<F, Out>>;
    return Wrap<U, Context>(inner().MapConcat(
        [f = std::move(f)](Pair pair) mutable {
          std::vector<std::pair<U, Context>> all;
          for (auto&& element : f(std::move(pair.first))) {
            all.emplace_back(std::forward<decltype(element)>(element), pair.second);
          }
          return all;
        },
        where));
  }
  // Vectors of elements, with vectors of their contexts.
  auto Grouped(int64_t count, SourceLocation where = SourceLocation::Current()) const {
    return Transpose(inner().Grouped(count, where), where);
  }
  auto Sliding(int64_t size, int64_t step = 1,
               SourceLocation where = SourceLocation::Current()) const {
    return Transpose(inner().Sliding(size, step, where), where);
  }
  // f(Context) in place of the context.
  template <class F>
  auto MapContext(F f, SourceLocation where = SourceLocation::Current()) const {
    using C = internal::ResultOf<F, Context>;
    return Wrap<Out, C>(inner().Map(
        [f = std::move(f)](Pair pair) mutable {
          return std::pair<Out, C>(std::move(pair.first), f(std::move(pair.second)));
        },
        where));
  }
  // Logs the elements, not their contexts.
  template <class Show = internal::ShowElement>
  auto Log(std::string name, Show show = {},
           SourceLocation where = SourceLocation::Current()) const {
    return Wrap<Out, Context>(inner().Log(std::move(name), OfFirst<Show>{std::move(show)}, where));
  }

 private:
  // A function of the element, as one of the pair.
  template <class F>
  struct OfFirst {
    [[no_unique_address]] F f;
    decltype(auto) operator()(const Pair& pair) { return f(pair.first); }
  };

  const auto& inner() const { return static_cast<const Derived&>(*this).inner(); }
  template <class U, class C, class Stream>
  static auto Wrap(Stream stream) {
    return Derived::template Wrap<U, C>(std::move(stream));
  }
  template <class Stream>
  static auto Transpose(Stream groups, SourceLocation where) {
    return Wrap<std::vector<Out>, std::vector<Context>>(groups.Map(
        [](std::vector<Pair> group) {
          std::pair<std::vector<Out>, std::vector<Context>> parts;
          for (Pair& pair : group) {
            parts.first.push_back(std::move(pair.first));
            parts.second.push_back(std::move(pair.second));
          }
          return parts;
        },
        where));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_CONTEXT_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Path matchers: what Path and PathPrefix match, and the types of what they extract.
//
//   "counters"             a segment that is this text; "api/v1" is two of them. Lit{"counters"}
//                          where the other side of a `/` is a literal, too
//   Segment                one segment that is not empty, decoded: std::string
//   IntNumber              digits of an int64_t; more than fits does not match
//   SegmentAs<T>(parse)    one segment through parse(std::string_view) -> std::optional<T>
//   Segments               all that are left: std::vector<std::string>
//   Remaining              the rest of the path as one decoded text, perhaps empty: std::string
//   a / b                  a, a slash, b: the values of both
// Segments are matched whole: "foo" does not match "/foobar" (in Pekko it is a prefix of it). They
// are decoded after the path was cut at its slashes: "/a%2Fb" is one segment "a/b". Take Segments,
// not Remaining, where that matters.
//
// A matcher of your own has `using Values = std::tuple<...>` and
// `bool Match(PathCursor& cursor, Values& values) const`.
// Threads: constants and values.
#ifndef SAMPO_HTTP_ROUTING_PATH_MATCHERS_H_
#define SAMPO_HTTP_ROUTING_PATH_MATCHERS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace sampo::http {

// Where matching stands in a raw path.
class PathCursor {
 public:
  explicit PathCursor(std::string_view rest) : rest_(rest) {}

  std::string_view rest() const { return rest_; }
  bool TakeSlash();
  // The raw text up to the next slash or the end.
  std::string_view RawSegment() const { return rest_.substr(0, rest_.find('/')); }
  // The same, decoded, and taken; nothing where it is empty or a bad percent sequence.
  std::optional<std::string> TakeSegment();
  // Whether the segment is `text`, decoded; taken then.
  bool TakeLiteral(std::string_view text);
  void Advance(size_t bytes) { rest_.remove_prefix(bytes); }

 private:
  std::string_view rest_;
};

struct Lit {
  std::string text;

  using Values = std::tuple<>;
  bool Match(PathCursor& cursor, Values&) const;
};

struct SegmentMatcher {
  using Values = std::tuple<std::string>;
  bool Match(PathCursor& cursor, Values& values) const;
};
struct IntNumberMatcher {
  using Values = std::tuple<int64_t>;
  bool Match(PathCursor& cursor, Values& values) const;
};
struct SegmentsMatcher {
  using Values = std::tuple<std::vector<std::string>>;
  bool Match(PathCursor& cursor, Values& values) const;
};
struct RemainingMatcher {
  using Values = std::tuple<std::string>;
  bool Match(PathCursor& cursor, Values& values) const;
};
inline constexpr SegmentMatcher Segment{};
inline constexpr IntNumberMatcher IntNumber{};
inline constexpr SegmentsMatcher Segments{};
inline constexpr RemainingMatcher Remaining{};

template <class T, class F>
struct SegmentAsMatcher {
  F parse;

  using Values = std::tuple<T>;
  bool Match(PathCursor& cursor, Values& values) const {
    const std::optional<std::string> text = cursor.TakeSegment();
    if (!text) return false;
    std::optional<T> value = parse(std::string_view(*text));
    if (!value) return false;
    std::get<0>(values) = *std::move(value);
    return true;
  }
};
template <class T, class F>
SegmentAsMatcher<T, F> SegmentAs(F parse) {
  return {std::move(parse)};
}

template <class M>
concept PathMatcher = requires(const M& matcher, PathCursor& cursor, typename M::Values& values) {
  { matcher.Match(cursor, values) } -> std::same_as<bool>;
};

template <class A, class B>
struct JoinedMatcher {
  A first;
  B second;

  using Values = decltype(std::tuple_cat(std::declval<typename A::Values>(),
                                         std::declval<typename B::Values>()));
  bool Match(PathCursor& cursor, Values& values) const {
    typename A::Values a;
    typename B::Values b;
    if (!first.Match(cursor, a) || !cursor.TakeSlash() || !second.Match(cursor, b)) return false;
    values = std::tuple_cat(std::move(a), std::move(b));
    return true;
  }
};

namespace internal {

// A text is a literal.
template <class M>
auto MatcherOf(M matcher) {
  if constexpr (std::is_convertible_v<M, std::string_view>) {
    return Lit{std::string(std::string_view(matcher))};
  } else {
    static_assert(PathMatcher<M>, "Sampo: not a path matcher; see path_matchers.h.");
    return matcher;
  }
}
template <class M>
using MatcherFor = decltype(MatcherOf(std::declval<std::decay_t<M>>()));
template <class M>
concept MatcherOrText = PathMatcher<M> || std::is_convertible_v<M, std::string_view>;

}  // namespace internal

template <class A, class B>
requires(PathMatcher<A> || PathMatcher<B>) &&
    internal::MatcherOrText<A>&& internal::MatcherOrText<B> auto operator/(A first, B second) {
  return JoinedMatcher<internal::MatcherFor<A>, internal::MatcherFor<B>>{
      internal::MatcherOf(std::move(first)), internal::MatcherOf(std::move(second))};
}

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_PATH_MATCHERS_H_

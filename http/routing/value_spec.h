// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Param<T>: which named value a directive wants, and which values of it are taken: for query
// parameters, form fields, headers and cookies alike.
//
//   Param<std::string>("from")                              required
//   Param<int64_t>("limit").Between(1, 1000).Default(50)
//   Param<std::string>("sort").OneOf({"iata", "delay"}).Default("iata")
//   Param<double>("x").Optional()                           std::optional<double>
//   Param<int>("n").That([](int n) { return n % 2 == 0; }, "an even integer")
// A value that is there and is not taken is answered 400 with its name, itself and what is allowed,
// also where the value is optional or has a default. A missing one that is required: 400.
// Threads: a value.
#ifndef SAMPO_HTTP_ROUTING_VALUE_SPEC_H_
#define SAMPO_HTTP_ROUTING_VALUE_SPEC_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sampo/actor/base/str_cat.h"
#include "sampo/http/routing/from_text.h"
#include "sampo/http/routing/rejection.h"

namespace sampo::http {

namespace internal {

enum class ValuePlace : uint8_t { kParameter, kFormField, kHeader, kCookie };

Rejection MissingValue(ValuePlace place, std::string_view name, std::string allowed);
Rejection MalformedValue(ValuePlace place, std::string_view name, std::string_view value,
                         std::string allowed);
std::string AllowedTexts(const std::vector<std::string>& texts);

}  // namespace internal

template <class T>
class OptionalParam;

template <class T>
class Param {
 public:
  using Value = T;

  explicit Param(std::string name) : name_(std::move(name)) {}

  Param Default(T value) && {
    default_ = std::move(value);
    return std::move(*this);
  }
  Param Between(T low, T high) && {
    std::string allowed;
    if constexpr (std::is_integral_v<T>) {
      allowed = StrCat("an integer from ", low, " to ", high);
    } else {
      allowed = StrCat("from ", low, " to ", high);
    }
    return std::move(*this).That([low, high](const T& v) { return !(v < low) && !(high < v); },
                                 std::move(allowed));
  }
  Param OneOf(std::vector<std::string> texts) && requires std::is_same_v<T, std::string> {
    std::string allowed = internal::AllowedTexts(texts);
    return std::move(*this).That(
        [texts = std::move(texts)](const std::string& value) {
          for (const std::string& text : texts) {
            if (text == value) return true;
          }
          return false;
        },
        std::move(allowed));
  }
  Param That(std::function<bool(const T&)> accepts, std::string allowed) && {
    accepts_ = std::move(accepts);
    allowed_ = std::move(allowed);
    return std::move(*this);
  }
  OptionalParam<T> Optional() && { return OptionalParam<T>(std::move(*this)); }

  // --- for directives ---
  const std::string& name() const { return name_; }
  std::variant<Value, Rejection> Read(internal::ValuePlace place,
                                      std::optional<std::string_view> text) const {
    if (!text && default_) return *default_;
    if (!text) return internal::MissingValue(place, name_, Allowed());
    return Parse(place, *text);
  }
  std::variant<Value, Rejection> Parse(internal::ValuePlace place, std::string_view text) const {
    std::optional<T> value = FromText<T>::Parse(text);
    if (!value || (accepts_ && !accepts_(*value))) {
      return internal::MalformedValue(place, name_, text, Allowed());
    }
    return *std::move(value);
  }

 private:
  std::string Allowed() const { return allowed_.empty() ? FromText<T>::Allowed() : allowed_; }

  std::string name_;
  std::optional<T> default_;
  std::function<bool(const T&)> accepts_;
  std::string allowed_;
};

template <class T>
class OptionalParam {
 public:
  using Value = std::optional<T>;

  explicit OptionalParam(Param<T> param) : param_(std::move(param)) {}

  // --- for directives ---
  const std::string& name() const { return param_.name(); }
  std::variant<Value, Rejection> Read(internal::ValuePlace place,
                                      std::optional<std::string_view> text) const {
    if (!text) return Value();
    std::variant<T, Rejection> value = param_.Parse(place, *text);
    if (value.index() == 1) return std::get<1>(std::move(value));
    return Value(std::get<0>(std::move(value)));
  }

 private:
  Param<T> param_;
};

template <class P>
concept ParamSpec = requires(const P& spec, internal::ValuePlace place) {
  typename P::Value;
  spec.Read(place, std::optional<std::string_view>());
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_VALUE_SPEC_H_

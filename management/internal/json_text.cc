// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/management/internal/json_text.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace sampo::internal {

struct JsonText::Impl {
  nlohmann::ordered_json json;
};

JsonText::JsonText(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonText::JsonText(std::string_view text) : JsonText(std::make_unique<Impl>(Impl{text})) {}
JsonText::JsonText(double number) : JsonText(std::make_unique<Impl>(Impl{number})) {}
JsonText::JsonText(Flag flag) : JsonText(std::make_unique<Impl>(Impl{flag.value})) {}
JsonText::JsonText(Whole whole) : JsonText(std::make_unique<Impl>(Impl{whole.value})) {}
JsonText::JsonText(JsonText&&) noexcept = default;
JsonText::~JsonText() = default;

JsonText JsonText::Object() {
  return JsonText(std::make_unique<Impl>(Impl{nlohmann::ordered_json::object()}));
}
JsonText JsonText::Array() {
  return JsonText(std::make_unique<Impl>(Impl{nlohmann::ordered_json::array()}));
}

JsonText& JsonText::Set(std::string_view name, JsonText value) {
  impl_->json[std::string(name)] = std::move(value.impl_->json);
  return *this;
}

JsonText& JsonText::Add(JsonText value) {
  impl_->json.push_back(std::move(value.impl_->json));
  return *this;
}

bool JsonText::IsEmpty() const { return impl_->json.empty(); }

std::string JsonText::ToString() const {
  return impl_->json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace sampo::internal

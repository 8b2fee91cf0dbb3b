// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/primitives.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/cord.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/base/utf8.h"
#include "sampo/actor/serialization/serialization_registry.h"

namespace sampo {
namespace {

// absl::Duration counts in quarters of a nanosecond.
constexpr uint32_t kTicksPerSecond = 4'000'000'000;
const absl::Duration kTick = absl::Nanoseconds(1) / 4;

template <class... T>
absl::Status RegisterAll(SerializationRegistry& registry) {
  absl::Status status;
  (void)((status = registry.Register<T>(), status.ok()) && ...);
  return status;
}

}  // namespace

absl::Status RegisterPrimitives(SerializationRegistry& registry) {
  return RegisterAll<bool, int32_t, int64_t, uint32_t, uint64_t, double, std::string,
                     std::vector<uint8_t>, absl::Status, absl::Duration, absl::Time>(registry);
}

void ProtoCodec<std::string>::ToProto(const std::string& value, CodecContext& context, Proto* out) {
  if (std::optional<size_t> bad = FirstInvalidUtf8(value); bad.has_value()) {
    context.Fail(
        absl::InvalidArgumentError(StrCat("serialization: a std::string is not UTF-8 at byte ",
                                          *bad, "; use std::vector<uint8_t> for bytes")));
    return;
  }
  out->set_value(value);
}

absl::StatusOr<std::string> ProtoCodec<std::string>::FromProto(const Proto& proto, CodecContext&) {
  return proto.value();
}

void ProtoCodec<std::vector<uint8_t>>::ToProto(const std::vector<uint8_t>& value, CodecContext&,
                                               Proto* out) {
  out->set_value(std::string(value.begin(), value.end()));
}

absl::StatusOr<std::vector<uint8_t>> ProtoCodec<std::vector<uint8_t>>::FromProto(const Proto& proto,
                                                                                 CodecContext&) {
  return std::vector<uint8_t>(proto.value().begin(), proto.value().end());
}

void ProtoCodec<absl::Status>::ToProto(const absl::Status& value, CodecContext&, Proto* out) {
  out->set_code(value.raw_code());
  out->set_message(std::string(ToStd(value.message())));
  value.ForEachPayload([out](absl::string_view type_url, const absl::Cord& payload) {
    Proto::Payload* to = out->add_payloads();
    to->set_type_url(std::string(ToStd(type_url)));
    to->set_value(std::string(payload));
  });
  // Abseil visits payloads in no particular order; equal statuses must have equal bytes.
  std::sort(out->mutable_payloads()->begin(), out->mutable_payloads()->end(),
            [](const auto& a, const auto& b) { return a.type_url() < b.type_url(); });
}

absl::StatusOr<absl::Status> ProtoCodec<absl::Status>::FromProto(const Proto& proto,
                                                                 CodecContext&) {
  absl::Status status(static_cast<absl::StatusCode>(proto.code()), proto.message());
  for (const Proto::Payload& payload : proto.payloads()) {
    status.SetPayload(payload.type_url(), absl::Cord(payload.value()));
  }
  // Spelled out: a plain `return status` would be an error of the reading itself.
  return absl::StatusOr<absl::Status>(absl::in_place, std::move(status));
}

void ProtoCodec<absl::Duration>::ToProto(const absl::Duration& value, CodecContext&, Proto* out) {
  if (value == absl::InfiniteDuration() || value == -absl::InfiniteDuration()) {
    out->set_infinite(value > absl::ZeroDuration() ? Proto::POSITIVE : Proto::NEGATIVE);
    return;
  }
  absl::Duration rest;
  int64_t seconds = absl::IDivDuration(value, absl::Seconds(1), &rest);
  if (rest < absl::ZeroDuration()) {  // IDivDuration rounds to zero; we round down
    --seconds;
    rest += absl::Seconds(1);
  }
  absl::Duration nothing;
  out->set_seconds(seconds);
  out->set_quarter_nanos(static_cast<uint32_t>(absl::IDivDuration(rest, kTick, &nothing)));
}

absl::StatusOr<absl::Duration> ProtoCodec<absl::Duration>::FromProto(const Proto& proto,
                                                                     CodecContext&) {
  switch (proto.infinite()) {
    case Proto::FINITE:
      break;
    case Proto::POSITIVE:
      return absl::InfiniteDuration();
    case Proto::NEGATIVE:
      return -absl::InfiniteDuration();
    default:
      return absl::UnimplementedError(
          StrCat("serialization: duration: infinite is ", static_cast<int>(proto.infinite())));
  }
  if (proto.quarter_nanos() >= kTicksPerSecond) {
    return absl::DataLossError(StrCat("serialization: duration: ", proto.quarter_nanos(),
                                      " quarter nanoseconds, want less than ", kTicksPerSecond));
  }
  return absl::Seconds(proto.seconds()) + int64_t{proto.quarter_nanos()} * kTick;
}

void ProtoCodec<absl::Time>::ToProto(const absl::Time& value, CodecContext& context, Proto* out) {
  ProtoCodec<absl::Duration>::ToProto(value - absl::UnixEpoch(), context,
                                      out->mutable_since_epoch());
}

absl::StatusOr<absl::Time> ProtoCodec<absl::Time>::FromProto(const Proto& proto,
                                                             CodecContext& context) {
  SAMPO_ASSIGN_OR_RETURN(const absl::Duration since_epoch,
                         ProtoCodec<absl::Duration>::FromProto(proto.since_epoch(), context));
  return absl::UnixEpoch() + since_epoch;
}

}  // namespace sampo

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// How an airport's events and snapshots are stored: as the messages of airport.proto.
//
// What is read is checked: columns of unequal length, numbers that do not ascend and values that no
// flight has are DATA_LOSS, so that a state never holds what a command could not have brought.
// Threads: functions without state.
//
//   journal.CurrentEventsByPersistenceId(PersistenceIdOf(lax))
//       .TryMap(persistence::DecodeEvents<FlightsRecorded>())
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_CODEC_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_CODEC_H_

#include "absl/status/statusor.h"
#include "sampo/actor/serialization/proto_codec.h"
#include "sampo/samples/flightboard/airport.pb.h"
#include "sampo/samples/flightboard/airport_events.h"

template <>
struct sampo::ProtoCodec<flightboard::FlightsRecorded> {
  using Proto = flightboard::v1::FlightsRecorded;
  static void ToProto(const flightboard::FlightsRecorded& event, CodecContext&, Proto* out);
  static absl::StatusOr<flightboard::FlightsRecorded> FromProto(const Proto& proto, CodecContext&);
};

template <>
struct sampo::ProtoCodec<flightboard::AirportState> {
  using Proto = flightboard::v1::AirportState;
  static void ToProto(const flightboard::AirportState& state, CodecContext&, Proto* out);
  static absl::StatusOr<flightboard::AirportState> FromProto(const Proto& proto, CodecContext&);
};

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_CODEC_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/input_source.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/actor.h"
#include "sampo/stream/io/file_io.h"
#include "sampo/stream/stream.h"

namespace flightboard {
namespace {

using sampo::stream::Attributes;
using sampo::stream::Bytes;
using sampo::stream::BytesBuilder;
using sampo::stream::Source;

// Chosen: 700 flights; a read of that size costs as much as parsing 20 of them.
constexpr size_t kReadBytes = 64 * 1024;
constexpr int kLookMilliseconds = 100;

// What is there; empty: nothing came for a while; nothing: the end.
absl::StatusOr<std::optional<Bytes>> ReadStandardInput() {
  pollfd look{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  const int ready = poll(&look, 1, kLookMilliseconds);
  if (ready == 0 || (ready < 0 && errno == EINTR)) return Bytes();
  BytesBuilder piece(kReadBytes);
  const ssize_t count = read(STDIN_FILENO, piece.data(), piece.capacity());
  if (count < 0 && errno == EINTR) return Bytes();
  if (count < 0) return absl::ErrnoToStatus(errno, "cannot read standard input");
  if (count == 0) return std::optional<Bytes>();
  return std::move(piece).Finish(static_cast<size_t>(count));
}

// One piece at a time, so that a stream that has ended is noticed after each.
Source<Bytes> StandardInput() {
  using Piece = absl::StatusOr<Bytes>;
  return Source<Piece>::Unfold(false,
                               [](bool over) -> std::optional<std::pair<bool, Piece>> {
                                 if (over) return std::nullopt;
                                 absl::StatusOr<std::optional<Bytes>> piece = ReadStandardInput();
                                 if (!piece.ok()) return std::pair(true, Piece(piece.status()));
                                 if (!piece->has_value()) return std::nullopt;
                                 return std::pair(false, Piece(**std::move(piece)));
                               })
      .TryMap([](Piece piece) { return piece; })
      .Async(Attributes().Dispatcher(sampo::DispatcherKind::kBlocking).InputBuffer(1, 1));
}

}  // namespace

Source<Bytes> InputSource(const std::string& path) {
  if (path == "-") return StandardInput();
  return sampo::stream::FileIo::FromPath(path, {.chunk_bytes = kReadBytes})
      .MapMaterializedValue([](const auto&) { return sampo::stream::NotUsed(); });
}

}  // namespace flightboard

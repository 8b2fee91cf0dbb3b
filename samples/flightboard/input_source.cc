// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/input_source.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
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

// Something to read that may stand still.
class PolledInput {
 public:
  // "-": standard input, which stays open. Does not wait for whoever is to write into a pipe.
  static absl::StatusOr<std::shared_ptr<PolledInput>> Open(const std::string& path) {
    if (path == "-") return std::make_shared<PolledInput>(STDIN_FILENO, false, "standard input");
    const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
    return std::make_shared<PolledInput>(fd, true, path);
  }
  PolledInput(int fd, bool owns, std::string name) : fd_(fd), owns_(owns), name_(std::move(name)) {}
  PolledInput(const PolledInput&) = delete;
  PolledInput& operator=(const PolledInput&) = delete;
  ~PolledInput() {
    if (owns_) close(fd_);
  }

  // What is there; empty: nothing came for a while; nothing: the end.
  absl::StatusOr<std::optional<Bytes>> Read() const {
    pollfd look{.fd = fd_, .events = POLLIN, .revents = 0};
    const int ready = poll(&look, 1, kLookMilliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR)) return Bytes();
    BytesBuilder piece(kReadBytes);
    const ssize_t count = read(fd_, piece.data(), piece.capacity());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return Bytes();
    if (count < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", name_));
    if (count == 0) return std::optional<Bytes>();
    return std::move(piece).Finish(static_cast<size_t>(count));
  }

 private:
  const int fd_;
  const bool owns_;
  const std::string name_;
};

// One piece at a time, so that a stream that has ended is noticed after each.
Source<Bytes> Polled(const std::string& path) {
  using Piece = absl::StatusOr<Bytes>;
  struct State {
    std::shared_ptr<PolledInput> input = nullptr;  // null: not open yet
    bool over = false;
  };
  return Source<Piece>::Unfold(State(),
                               [path](State state) -> std::optional<std::pair<State, Piece>> {
                                 if (state.over) return std::nullopt;
                                 if (state.input == nullptr) {
                                   absl::StatusOr<std::shared_ptr<PolledInput>> opened =
                                       PolledInput::Open(path);
                                   if (!opened.ok())
                                     return std::pair(State{.over = true}, Piece(opened.status()));
                                   state.input = *std::move(opened);
                                 }
                                 absl::StatusOr<std::optional<Bytes>> piece = state.input->Read();
                                 state.over = !piece.ok();
                                 if (!piece.ok())
                                   return std::pair(std::move(state), Piece(piece.status()));
                                 if (!piece->has_value()) return std::nullopt;
                                 return std::pair(std::move(state), Piece(**std::move(piece)));
                               })
      .TryMap([](Piece piece) { return piece; })
      .Async(Attributes().Dispatcher(sampo::DispatcherKind::kBlocking).InputBuffer(1, 1));
}

// A pipe, a terminal, a socket. What is not there is reported by who opens it.
bool MayStandStill(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

}  // namespace

Source<Bytes> InputSource(const std::string& path) {
  if (path == "-" || MayStandStill(path)) return Polled(path);
  return sampo::stream::FileIo::FromPath(path, {.chunk_bytes = kReadBytes})
      .MapMaterializedValue([](const auto&) { return sampo::stream::NotUsed(); });
}

}  // namespace flightboard

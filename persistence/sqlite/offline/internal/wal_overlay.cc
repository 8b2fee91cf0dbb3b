// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/wal_overlay.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include "absl/status/status.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::offline {
namespace {

// A page number so far beyond what the file and the WAL can hold is damage: the overlay would
// become a file of terabytes. Chosen, not measured.
constexpr int64_t kPagesBeyondMax = 1 << 20;

constexpr size_t kSaltsAt = 8;  // in a frame's header
constexpr size_t kSaltsBytes = 8;
constexpr size_t kHeaderSaltsAt = 16;

uint32_t BigEndian32(std::string_view bytes, size_t at) {
  uint32_t word = 0;
  for (size_t i = 0; i < 4; ++i) word = word << 8 | static_cast<unsigned char>(bytes[at + i]);
  return word;
}

absl::Status Failed(const std::string& path, const char* doing) {
  const std::string text = StrCat("journal: ", path, ": ", doing, ": ", std::strerror(errno));
  return errno == ENOSPC ? absl::ResourceExhaustedError(text) : absl::UnavailableError(text);
}

// The frames of one generation, in a file that is read from front to back.
class Frames {
 public:
  Frames(const std::string& path, const WalReport& wal)
      : stream_(path, std::ios::binary), frame_(kWalFrameHeaderBytes + wal.page_bytes, '\0') {
    std::string header(kWalHeaderBytes, '\0');
    if (!stream_.read(header.data(), static_cast<std::streamsize>(header.size()))) return;
    salts_ = header.substr(kHeaderSaltsAt, kSaltsBytes);
    // The header is damaged or of an older generation: the frames themselves say theirs.
    if (wal.state == WalState::kDamaged && wal.bad_frame == 0 && Read()) {
      salts_ = frame_.substr(kSaltsAt, kSaltsBytes);
    }
  }

  // Calls `use(number, page, commit, bytes)` for each frame, numbers from 1.
  template <class Use>
  absl::Status Each(Use use) {
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(kWalHeaderBytes));
    for (int64_t number = 1; Read(); ++number) {
      const std::string_view frame = frame_;
      if (frame.substr(kSaltsAt, kSaltsBytes) != salts_ || BigEndian32(frame, 0) == 0) continue;
      SAMPO_RETURN_IF_ERROR(use(number, int64_t{BigEndian32(frame, 0)}, BigEndian32(frame, 4) != 0,
                                frame.substr(kWalFrameHeaderBytes)));
    }
    return absl::OkStatus();
  }

 private:
  bool Read() {
    stream_.read(frame_.data(), static_cast<std::streamsize>(frame_.size()));
    return stream_.gcount() == static_cast<std::streamsize>(frame_.size());
  }

  std::ifstream stream_;
  std::string frame_;
  std::string salts_;
};

}  // namespace

absl::StatusOr<int64_t> MakeOverlay(const std::string& file, const WalReport& wal,
                                    const std::string& to) {
  std::ofstream copy(to, std::ios::binary | std::ios::trunc);
  std::ifstream original(file, std::ios::binary);
  if (!copy) return Failed(to, "cannot be made");
  if (!original) return Failed(file, "cannot be read");
  // An empty file gives nothing to copy, which a stream takes for a failure.
  if (original.peek() != std::ifstream::traits_type::eof()) copy << original.rdbuf();
  if (!copy) return Failed(to, "cannot be written");
  const int64_t pages = static_cast<int64_t>(copy.tellp()) / wal.page_bytes;

  Frames frames(file + "-wal", wal);
  int64_t last_commit = 0;
  SAMPO_RETURN_IF_ERROR(frames.Each([&](int64_t number, int64_t, bool commit, std::string_view) {
    if (commit) last_commit = number;
    return absl::OkStatus();
  }));
  int64_t laid = 0;
  SAMPO_RETURN_IF_ERROR(
      frames.Each([&](int64_t number, int64_t page, bool, std::string_view bytes) {
        if (number > last_commit || page > pages + last_commit + kPagesBeyondMax) {
          return absl::OkStatus();
        }
        copy.seekp((page - 1) * int64_t{wal.page_bytes});
        copy.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        ++laid;
        return copy ? absl::OkStatus() : Failed(to, "cannot be written");
      }));
  copy.close();
  if (!copy) return Failed(to, "cannot be written");
  return laid;
}

}  // namespace sampo::persistence::offline

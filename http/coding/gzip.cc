// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/coding/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "absl/status/status.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::http {
namespace {

// zlib's window of 32 KiB, with the head and trailer of RFC 1952.
constexpr int kGzipWindow = 15 + 16;
// A good part of the best ratio for a third of its time; Pekko's default, too.
constexpr int kLevel = 6;

// zlib wants it writable and does not write.
Bytef* InputOf(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

// All else that zlib's begin may say is a bug of ours.
absl::Status NoMemory() { return absl::UnavailableError("gzip: there is no memory for it"); }

}  // namespace

absl::StatusOr<std::string> GzipText(std::string_view text) {
  z_stream stream{};
  const int begun = ::deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
  if (begun != Z_OK) return NoMemory();
  std::string gzip(::deflateBound(&stream, text.size()), '\0');
  stream.next_in = InputOf(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(gzip.data());
  stream.avail_out = static_cast<uInt>(gzip.size());
  const int ended = ::deflate(&stream, Z_FINISH);
  gzip.resize(stream.total_out);
  ::deflateEnd(&stream);
  SAMPO_CHECK(ended == Z_STREAM_END, "deflateBound was too small");
  return gzip;
}

absl::StatusOr<std::string> GunzipText(std::string_view gzip, uint64_t bytes_max) {
  constexpr uint64_t kPiece = 64 << 10;
  bytes_max = std::min<uint64_t>(bytes_max, uint64_t{1} << 62);
  z_stream stream{};
  if (::inflateInit2(&stream, kGzipWindow) != Z_OK) return NoMemory();
  stream.next_in = InputOf(gzip);
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string text;
  uint64_t size = 0;
  absl::Status failure;
  for (;;) {
    // One byte more than the bound, to see that there is more.
    text.resize(std::min(size + kPiece, bytes_max + 1));
    if (size == text.size()) {
      failure =
          absl::ResourceExhaustedError(StrCat("the body becomes more than ", bytes_max, " bytes"));
      break;
    }
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + size);
    stream.avail_out = static_cast<uInt>(text.size() - size);
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    size = text.size() - stream.avail_out;
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) break;
      if (::inflateReset(&stream) == Z_OK) continue;
    }
    if (result == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0)) continue;
    if (result == Z_MEM_ERROR) {
      failure = NoMemory();
      break;
    }
    failure =
        absl::DataLossError(result == Z_OK || result == Z_BUF_ERROR ? "the gzip body is cut off"
                                                                    : "the gzip body is damaged");
    break;
  }
  ::inflateEnd(&stream);
  if (!failure.ok()) return failure;
  if (size > bytes_max) {
    return absl::ResourceExhaustedError(StrCat("the body becomes more than ", bytes_max, " bytes"));
  }
  text.resize(size);
  return text;
}

}  // namespace sampo::http

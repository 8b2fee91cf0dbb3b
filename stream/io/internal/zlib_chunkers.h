// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The chunkers behind Compression.
//
// Threads, lifetime: as Chunker.
#ifndef SAMPO_STREAM_IO_INTERNAL_ZLIB_CHUNKERS_H_
#define SAMPO_STREAM_IO_INTERNAL_ZLIB_CHUNKERS_H_

#include <cstdint>
#include <memory>

#include "sampo/stream/io/compression.h"
#include "sampo/stream/io/detail/chunker.h"

struct z_stream_s;

namespace sampo::stream::internal {

enum class ZlibFormat : uint8_t { kGzip, kZlib, kRaw };

struct DeflateEnd {
  void operator()(z_stream_s* stream) const;
};
struct InflateEnd {
  void operator()(z_stream_s* stream) const;
};

class Deflater final : public Chunker {
 public:
  Deflater(ZlibFormat format, int level, CompressionFlush flush);
  void Feed(Bytes chunk) override;
  void FinishInput() override { finished_ = true; }
  bool IsDrained() const override { return ended_; }
  ChunkerStep Next() override;

 private:
  std::unique_ptr<z_stream_s, DeflateEnd> stream_;
  CompressionFlush flush_;
  Bytes input_;
  bool fed_ = false;  // and not all that comes of it is out
  bool finished_ = false;
  bool ended_ = false;
};

class Inflater final : public Chunker {
 public:
  Inflater(ZlibFormat format, size_t piece_bytes_max);
  void Feed(Bytes chunk) override;
  void FinishInput() override { finished_ = true; }
  bool IsDrained() const override;
  ChunkerStep Next() override;

 private:
  enum class Progress : uint8_t { kGoOn, kNoMore, kFailed };
  // Calls zlib once.
  Progress Advance();

  std::unique_ptr<z_stream_s, InflateEnd> stream_;
  ZlibFormat format_;
  size_t piece_bytes_max_;
  Bytes input_;
  bool within_ = false;       // a member has begun and not ended
  bool ended_ = false;        // a member has ended
  bool output_full_ = false;  // zlib may have more without new input
  bool finished_ = false;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_IO_INTERNAL_ZLIB_CHUNKERS_H_

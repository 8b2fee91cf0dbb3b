// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/compression.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/io/internal/zlib_chunkers.h"

namespace sampo::stream {
namespace internal {
namespace {

// Output is written in blocks of this size. Chosen, not measured.
constexpr size_t kDeflatedPieceBytes = 16 << 10;

int WindowBits(ZlibFormat format) {
  switch (format) {
    case ZlibFormat::kGzip:
      return 15 + 16;
    case ZlibFormat::kZlib:
      return 15;
    case ZlibFormat::kRaw:
      return -15;
  }
  return 15;
}

void SetInput(z_stream& stream, const Bytes& input) {
  SAMPO_CHECK(input.size() <= std::numeric_limits<uInt>::max(), "a piece of more than 4 GiB");
  // zlib does not write there; its interface is older than const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
}

void SetOutput(z_stream& stream, BytesBuilder& output) {
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.capacity());
}

}  // namespace

void DeflateEnd::operator()(z_stream_s* stream) const {
  deflateEnd(stream);
  delete stream;
}
void InflateEnd::operator()(z_stream_s* stream) const {
  inflateEnd(stream);
  delete stream;
}

Deflater::Deflater(ZlibFormat format, int level, CompressionFlush flush)
    : stream_(new z_stream()), flush_(flush) {
  constexpr int kMemory = 8;  // zlib's default
  const int status = deflateInit2(stream_.get(), level, Z_DEFLATED, WindowBits(format), kMemory,
                                  Z_DEFAULT_STRATEGY);
  SAMPO_CHECK(status == Z_OK, "deflateInit2 failed");
}

void Deflater::Feed(Bytes chunk) {
  input_ = std::move(chunk);
  SetInput(*stream_, input_);
  fed_ = true;
}

ChunkerStep Deflater::Next() {
  if (ended_ || (!fed_ && !finished_)) return ChunkerStep::NeedMore();
  BytesBuilder output(kDeflatedPieceBytes);
  SetOutput(*stream_, output);
  int flush = flush_ == CompressionFlush::kEachPiece ? Z_SYNC_FLUSH : Z_NO_FLUSH;
  if (finished_) flush = Z_FINISH;
  const int status = deflate(stream_.get(), flush);
  if (status == Z_STREAM_ERROR) return Fail(absl::InternalError("deflate: its state is broken"));
  ended_ = status == Z_STREAM_END;
  fed_ = stream_->avail_out == 0;
  const size_t written = output.capacity() - stream_->avail_out;
  if (written == 0) return ChunkerStep::NeedMore();
  return ChunkerStep::Piece(std::move(output).Finish(written));
}

Inflater::Inflater(ZlibFormat format, size_t piece_bytes_max)
    : stream_(new z_stream()),
      format_(format),
      piece_bytes_max_(std::max<size_t>(1, piece_bytes_max)) {
  SAMPO_CHECK(inflateInit2(stream_.get(), WindowBits(format)) == Z_OK, "inflateInit2 failed");
}

void Inflater::Feed(Bytes chunk) {
  input_ = std::move(chunk);
  SetInput(*stream_, input_);
}

bool Inflater::IsDrained() const { return !within_ && stream_->avail_in == 0; }

Inflater::Progress Inflater::Advance() {
  if (ended_) {
    if (format_ != ZlibFormat::kGzip) {
      (void)Fail(absl::DataLossError(
          StrCat("inflate: ", stream_->avail_in, " bytes or more after the end of the data")));
      return Progress::kFailed;
    }
    ended_ = false;
    inflateReset(stream_.get());
  }
  within_ = true;
  const int status = inflate(stream_.get(), Z_NO_FLUSH);
  output_full_ = status == Z_OK && stream_->avail_out == 0;
  if (status == Z_STREAM_END) {
    within_ = false;
    ended_ = true;
    return Progress::kGoOn;
  }
  if (status == Z_OK) return Progress::kGoOn;
  if (status == Z_BUF_ERROR) return Progress::kNoMore;
  const char* why = stream_->msg != nullptr ? stream_->msg : "damaged data";
  (void)Fail(absl::DataLossError(StrCat("inflate: ", why)));
  return Progress::kFailed;
}

ChunkerStep Inflater::Next() {
  BytesBuilder output(piece_bytes_max_);
  SetOutput(*stream_, output);
  while (stream_->avail_out > 0 && (stream_->avail_in > 0 || output_full_)) {
    const Progress progress = Advance();
    if (progress == Progress::kFailed) return ChunkerStep::Failed();
    if (progress == Progress::kNoMore) break;
  }
  const size_t written = output.capacity() - stream_->avail_out;
  if (written > 0) return ChunkerStep::Piece(std::move(output).Finish(written));
  if (finished_ && within_) {
    return Fail(absl::DataLossError("inflate: the stream ended within the data"));
  }
  return ChunkerStep::NeedMore();
}

}  // namespace internal

namespace {

Flow<Bytes, Bytes> Deflating(const char* name, internal::ZlibFormat format, int level,
                             CompressionFlush flush, SourceLocation where) {
  SAMPO_CHECK(level >= 0 && level <= 9, "a compression level is 0 to 9");
  return internal::ChunkerFlow(
      name, where, [format, level, flush] { return internal::Deflater(format, level, flush); });
}

Flow<Bytes, Bytes> Inflating(const char* name, internal::ZlibFormat format, size_t piece_bytes_max,
                             SourceLocation where) {
  return internal::ChunkerFlow(name, where, [format, piece_bytes_max] {
    return internal::Inflater(format, piece_bytes_max);
  });
}

internal::ZlibFormat FormatOf(DeflateFormat format) {
  return format == DeflateFormat::kRaw ? internal::ZlibFormat::kRaw : internal::ZlibFormat::kZlib;
}

}  // namespace

Flow<Bytes, Bytes> Compression::Gzip(int level, CompressionFlush flush, SourceLocation where) {
  return Deflating("gzip", internal::ZlibFormat::kGzip, level, flush, where);
}
Flow<Bytes, Bytes> Compression::GzipDecompress(size_t piece_bytes_max, SourceLocation where) {
  return Inflating("gzipDecompress", internal::ZlibFormat::kGzip, piece_bytes_max, where);
}
Flow<Bytes, Bytes> Compression::Deflate(int level, DeflateFormat format, CompressionFlush flush,
                                        SourceLocation where) {
  return Deflating("deflate", FormatOf(format), level, flush, where);
}
Flow<Bytes, Bytes> Compression::Inflate(size_t piece_bytes_max, DeflateFormat format,
                                        SourceLocation where) {
  return Inflating("inflate", FormatOf(format), piece_bytes_max, where);
}

}  // namespace sampo::stream

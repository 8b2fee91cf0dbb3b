// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The chunkers behind Framing and JsonFraming.
//
// Threads, lifetime: as Chunker.
#ifndef SAMPO_STREAM_IO_INTERNAL_FRAMERS_H_
#define SAMPO_STREAM_IO_INTERNAL_FRAMERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "sampo/stream/io/detail/chunker.h"
#include "sampo/stream/io/framing.h"

namespace sampo::stream::internal {

class DelimiterFramer final : public Chunker {
 public:
  DelimiterFramer(std::string delimiter, size_t frame_bytes_max, Truncation truncation)
      : delimiter_(std::move(delimiter)), max_(frame_bytes_max), truncation_(truncation) {}
  void Feed(Bytes chunk) override { input_.Feed(std::move(chunk)); }
  void FinishInput() override { finished_ = true; }
  bool IsDrained() const override { return input_.size() == 0; }
  ChunkerStep Next() override;

 private:
  // Where the delimiter ends in the rest of the piece, or npos. It may begin in the carry.
  size_t FindEnd() const;
  ChunkerStep TooLong();

  std::string delimiter_;
  size_t max_;
  Truncation truncation_;
  ChunkInput input_;
  bool finished_ = false;
};

class LengthFieldFramer final : public Chunker {
 public:
  explicit LengthFieldFramer(LengthField field) : field_(std::move(field)) {}
  void Feed(Bytes chunk) override { input_.Feed(std::move(chunk)); }
  void FinishInput() override { finished_ = true; }
  bool IsDrained() const override { return input_.size() == 0; }
  ChunkerStep Next() override;

 private:
  size_t header_bytes() const { return field_.offset + static_cast<size_t>(field_.bytes); }
  // Takes the frame's size from its header. False: it cannot be; the failure is set.
  bool ReadHeader(std::string_view header);

  LengthField field_;
  ChunkInput input_;
  size_t frame_bytes_ = 0;  // 0: the header was not read yet
  bool finished_ = false;
};

class JsonFramer final : public Chunker {
 public:
  explicit JsonFramer(size_t object_bytes_max) : max_(object_bytes_max) {}
  void Feed(Bytes chunk) override {
    input_.Feed(std::move(chunk));
    scanned_ = 0;
  }
  void FinishInput() override { finished_ = true; }
  bool IsDrained() const override { return depth_ == 0 && input_.size() == 0; }
  ChunkerStep Next() override;

 private:
  // Skips what may stand between objects, up to the next brace. False: something else stands there.
  bool SkipToObject();
  // Scans for the end of the object. True: it ends where `scanned_` is.
  bool ScanObject();

  size_t max_;
  ChunkInput input_;
  size_t scanned_ = 0;    // of the rest of the piece
  int64_t position_ = 0;  // in the stream, of the object or of what is between, for messages
  int64_t depth_ = 0;     // 0: between objects
  bool in_string_ = false;
  bool escaped_ = false;
  bool finished_ = false;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_IO_INTERNAL_FRAMERS_H_

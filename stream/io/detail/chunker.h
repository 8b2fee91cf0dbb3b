// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Chunker: a machine that takes pieces of bytes and gives others: frames, objects, compressed
// blocks. ChunkerLogic: the stage that drives one.
//
// Threads: one at a time. Lifetime: one for each materialization.
#ifndef SAMPO_STREAM_IO_DETAIL_CHUNKER_H_
#define SAMPO_STREAM_IO_DETAIL_CHUNKER_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/io/bytes.h"

namespace sampo::stream::internal {

struct ChunkerStep {
  enum class Kind : uint8_t {
    kPiece,     // `piece` is the next one
    kNeedMore,  // Feed, or after FinishInput: that was all
    kFailed,    // the chunker's failure() says why
  };
  Kind kind;
  Bytes piece;

  static ChunkerStep Piece(Bytes piece) { return {Kind::kPiece, std::move(piece)}; }
  static ChunkerStep NeedMore() { return {Kind::kNeedMore, {}}; }
  static ChunkerStep Failed() { return {Kind::kFailed, {}}; }
};

class Chunker {
 public:
  virtual ~Chunker() = default;
  // More input. Precondition: Next has said kNeedMore, and FinishInput was not called.
  virtual void Feed(Bytes chunk) = 0;
  // No more input will come; Next gives what is left.
  virtual void FinishInput() = 0;
  virtual ChunkerStep Next() = 0;
  // After FinishInput: Next would give nothing more, so the stream can end without demand.
  virtual bool IsDrained() const = 0;

  const absl::Status& failure() const { return failure_; }

 protected:
  ChunkerStep Fail(absl::Status failure) {
    failure_ = std::move(failure);
    return ChunkerStep::Failed();
  }

 private:
  absl::Status failure_;
};

template <class C>
class ChunkerLogic final : public FlowLogic<Bytes, Bytes> {
 public:
  explicit ChunkerLogic(C chunker) : chunker_(std::move(chunker)) {}

 private:
  void OnPush() override {
    chunker_.Feed(in_.Grab());
    Step();
  }
  void OnPull() override { Step(); }
  void OnUpstreamFinish() override {
    finished_ = true;
    chunker_.FinishInput();
    if (this->out_.IsAvailable()) {
      Step();
    } else if (chunker_.IsDrained()) {
      this->CompleteStage();
    }
  }
  void Step() {
    ChunkerStep step = chunker_.Next();
    switch (step.kind) {
      case ChunkerStep::Kind::kPiece:
        out_.Push(std::move(step.piece));
        if (finished_ && chunker_.IsDrained()) CompleteStage();
        return;
      case ChunkerStep::Kind::kNeedMore:
        if (finished_) return CompleteStage();
        return in_.Pull();
      case ChunkerStep::Kind::kFailed:
        return FailStage(chunker_.failure());
    }
  }

  C chunker_;
  bool finished_ = false;
};

// A flow of `make()`, a chunker, for each materialization.
template <class Make>
Flow<Bytes, Bytes> ChunkerFlow(const char* name, SourceLocation where, Make make) {
  return Flow<Bytes, Bytes>(MakeStage<NotUsed>(name, where, [make = std::move(make)] {
    return NewLogic<ChunkerLogic<decltype(make())>>(make());
  }));
}

// The input of a chunker: a piece that is read in place, and before it what earlier pieces have
// left over. Each byte is copied at most once to there, and once into what is given.
class ChunkInput {
 public:
  void Feed(Bytes chunk) {
    chunk_ = std::move(chunk);
    at_ = 0;
  }
  // Left over from pieces before.
  const std::string& carry() const { return carry_; }
  // What is to be read of the current piece.
  std::string_view rest() const { return chunk_.view().substr(at_); }
  size_t size() const { return carry_.size() + chunk_.size() - at_; }

  // The carry and `length` bytes of the rest, without the last `drop` of them all.
  Bytes Take(size_t length, size_t drop = 0) {
    const size_t from = std::exchange(at_, at_ + length);
    if (carry_.empty()) return chunk_.Slice(from, length - drop);
    carry_.append(chunk_.view().substr(from, length));
    Bytes all(std::string_view(carry_).substr(0, carry_.size() - drop));
    carry_.clear();
    return all;
  }
  void Skip(size_t length) { at_ += length; }
  // Moves `length` bytes of the rest to the carry.
  void Keep(size_t length) {
    carry_.append(chunk_.view().substr(at_, length));
    at_ += length;
  }
  void KeepRest() {
    Keep(chunk_.size() - at_);
    Feed({});
  }

 private:
  std::string carry_;  // bounded by the chunker's frame size
  Bytes chunk_;
  size_t at_ = 0;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_IO_DETAIL_CHUNKER_H_

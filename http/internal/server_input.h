// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// InputBuffer: what a connection has read and not used yet, in one piece of memory.
//
// It begins small, because most connections are idle most of the time (10,000 of them cost 20 MB),
// grows while a head or a body needs it, and shrinks when it is empty between two requests. Its
// bound is its user's: a parser that says what is too long.
// Threads: one at a time. Where Prepare has lent memory to a read, nothing moves until Commit.
//
//   auto [into, bytes_max] = input.Prepare(512);  // for a read
//   input.Commit(read);
//   input.Consume(parser.Next(input.view()).consumed);
#ifndef SAMPO_HTTP_INTERNAL_SERVER_INPUT_H_
#define SAMPO_HTTP_INTERNAL_SERVER_INPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace sampo::http::internal {

class InputBuffer {
 public:
  // The head of a browser's request, mostly. Chosen, not measured.
  static constexpr size_t kFirstBytes = 2048;
  // What a connection may keep between two requests.
  static constexpr size_t kKeptBytes = 16 * 1024;

  bool empty() const { return begin_ == end_; }
  size_t size() const { return end_ - begin_; }
  std::string_view view() const { return {data_.get() + begin_, size()}; }
  // Precondition: that many are there.
  void Consume(size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_ && !lent_) begin_ = end_ = 0;
  }

  // Memory for at least `bytes_min` more.
  std::pair<char*, size_t> Prepare(size_t bytes_min) {
    lent_ = true;
    if (capacity_ - end_ < bytes_min) {
      const size_t used = size();
      size_t wanted = std::max(capacity_, kFirstBytes);
      while (wanted - used < bytes_min) wanted *= 2;
      if (wanted == capacity_) {
        std::memmove(data_.get(), data_.get() + begin_, used);
      } else {
        std::unique_ptr<char[]> larger(new char[wanted]);
        if (used > 0) std::memcpy(larger.get(), data_.get() + begin_, used);
        data_ = std::move(larger);
        capacity_ = wanted;
      }
      begin_ = 0;
      end_ = used;
    }
    return {data_.get() + end_, capacity_ - end_};
  }
  // So many came.
  void Commit(size_t bytes) {
    lent_ = false;
    end_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  // Between two requests.
  void Trim() {
    if (lent_ || !empty() || capacity_ <= kKeptBytes) return;
    data_.reset();
    capacity_ = begin_ = end_ = 0;
  }

 private:
  std::unique_ptr<char[]> data_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool lent_ = false;  // to a read that is on its way
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_SERVER_INPUT_H_

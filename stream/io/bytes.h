// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Bytes: an immutable piece of memory, what streams of files and sockets carry.
//
// A handle of a counted block: copying and slicing cost no copy of the bytes, whatever the size. A
// slice keeps its whole block alive: who keeps small slices for long, copies them (Bytes(view())).
// Threads: a value; copies share the block across threads. Lifetime: views end with the handle.
//
//   Bytes line = chunk.Slice(0, chunk.view().find('\n'));
//   std::string_view text = line.view();
#ifndef SAMPO_STREAM_IO_BYTES_H_
#define SAMPO_STREAM_IO_BYTES_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <new>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "sampo/actor/base/check.h"

namespace sampo::stream {

class BytesBuilder;

class Bytes {
 public:
  Bytes() = default;
  // Copies `text`.
  explicit Bytes(std::string_view text);
  // Points to `text` without a copy or a count. Precondition: it lives for ever.
  static Bytes OfStatic(std::string_view text) { return Bytes(nullptr, text.data(), text.size()); }
  // `left` and then `right`, in a new block where neither is empty.
  static Bytes Concat(const Bytes& left, const Bytes& right);

  Bytes(const Bytes& other) : block_(other.block_), data_(other.data_), size_(other.size_) {
    if (block_ != nullptr) block_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  Bytes(Bytes&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Bytes& operator=(Bytes other) noexcept {
    std::swap(block_, other.block_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Bytes() {
    // Partner: the decrement of other handles, whose reads must have happened before the free.
    if (block_ != nullptr && block_->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      ::operator delete(block_);
    }
  }

  std::string_view view() const { return {data_, size_}; }
  const char* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string ToString() const { return std::string(view()); }

  // Bytes from `offset` on, at most `length` of them; clamped to what is there.
  Bytes Slice(size_t offset, size_t length = std::string_view::npos) const {
    offset = std::min(offset, size_);
    if (block_ != nullptr) block_->refs.fetch_add(1, std::memory_order_relaxed);
    return Bytes(block_, data_ + offset, std::min(length, size_ - offset));
  }
  Bytes Take(size_t length) const { return Slice(0, length); }
  Bytes Drop(size_t length) const { return Slice(length); }

  friend bool operator==(const Bytes& a, const Bytes& b) { return a.view() == b.view(); }
  friend auto operator<=>(const Bytes& a, const Bytes& b) { return a.view() <=> b.view(); }
  friend std::ostream& operator<<(std::ostream& out, const Bytes& bytes) {
    return out << '"' << bytes.view() << '"';
  }

 private:
  friend class BytesBuilder;
  // The bytes follow it.
  struct Block {
    std::atomic<size_t> refs;
  };
  Bytes(Block* counted, const char* data, size_t size)
      : block_(counted), data_(data), size_(size) {}

  Block* block_ = nullptr;  // null: static, or empty
  const char* data_ = nullptr;
  size_t size_ = 0;
};

// A new block that is written once and then becomes Bytes.
//
//   BytesBuilder builder(8192);
//   Bytes chunk = std::move(builder).Finish(read(fd, builder.data(), builder.capacity()));
class BytesBuilder {
 public:
  explicit BytesBuilder(size_t capacity)
      : block_(static_cast<Bytes::Block*>(::operator new(sizeof(Bytes::Block) + capacity))),
        capacity_(capacity) {
    ::new (block_) Bytes::Block{1};
  }
  BytesBuilder(BytesBuilder&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)), capacity_(other.capacity_) {}
  BytesBuilder& operator=(BytesBuilder&& other) noexcept {
    std::swap(block_, other.block_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~BytesBuilder() { ::operator delete(block_); }

  char* data() { return reinterpret_cast<char*>(block_ + 1); }
  size_t capacity() const { return capacity_; }
  // The first `size` bytes.
  Bytes Finish(size_t size) && {
    SAMPO_CHECK(block_ != nullptr && size <= capacity_, "BytesBuilder::Finish beyond its capacity");
    const char* begin = data();
    return Bytes(std::exchange(block_, nullptr), begin, size);
  }

 private:
  Bytes::Block* block_;
  size_t capacity_;
};

inline Bytes::Bytes(std::string_view text) {
  if (text.empty()) return;
  BytesBuilder builder(text.size());
  std::memcpy(builder.data(), text.data(), text.size());
  *this = std::move(builder).Finish(text.size());
}

inline Bytes Bytes::Concat(const Bytes& left, const Bytes& right) {
  if (left.empty()) return right;
  if (right.empty()) return left;
  BytesBuilder builder(left.size() + right.size());
  std::memcpy(builder.data(), left.data(), left.size());
  std::memcpy(builder.data() + left.size(), right.data(), right.size());
  return std::move(builder).Finish(left.size() + right.size());
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_IO_BYTES_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/allocation_hooks.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ostream>

namespace sampo {
namespace {

enum Kind { kMalloc, kAlignedMalloc, kMmap, kKinds };
constexpr const char* kKindNames[] = {"malloc", "aligned malloc", "mmap"};
constexpr int kStacksMax = 4;
constexpr int kFramesMax = 24;
constexpr int kFramesOfHook = 2;  // Note and the function that called it

struct Stack {
  Kind kind;
  int frames;
  void* frame[kFramesMax];
};

std::atomic<bool> counting{false};
std::atomic<int64_t> counts[kKinds];
std::atomic<int> stacks_taken{0};
Stack stacks[kStacksMax];
// backtrace() may allocate itself.
thread_local constinit bool in_hook = false;

[[gnu::noinline]] void Note(Kind kind) {
  // relaxed: Start and Stop run while the system under test is quiet.
  counts[kind].fetch_add(1, std::memory_order_relaxed);
  const int place = stacks_taken.fetch_add(1, std::memory_order_relaxed);
  if (place >= kStacksMax) return;
  in_hook = true;
  stacks[place].kind = kind;
  stacks[place].frames = backtrace(stacks[place].frame, kFramesMax);
  in_hook = false;
}

[[maybe_unused]] inline void Count(Kind kind) {
  if (counting.load(std::memory_order_relaxed) && !in_hook) [[unlikely]] {
    Note(kind);
  }
}

// "  sampo::Worker::Main() +0x1d7" where the linker kept the name, else the place in the file.
void AppendFrame(void* address, std::string* text) {
  Dl_info info{};
  *text += "  ";
  if (dladdr(address, &info) == 0) {
    *text += "?\n";
    return;
  }
  const void* base = info.dli_fbase;
  if (info.dli_sname != nullptr) {
    int status = 0;
    char* const name = abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status);
    *text += name != nullptr ? name : info.dli_sname;
    std::free(name);
    base = info.dli_saddr;
  } else {
    *text += info.dli_fname;
  }
  char offset[32];
  std::snprintf(
      offset, sizeof offset, " +0x%zx\n",
      static_cast<size_t>(static_cast<const char*>(address) - static_cast<const char*>(base)));
  *text += offset;
}

AllocationCounts Totals() {
  return {.mallocs = counts[kMalloc].load(std::memory_order_relaxed),
          .aligned_mallocs = counts[kAlignedMalloc].load(std::memory_order_relaxed),
          .mmaps = counts[kMmap].load(std::memory_order_relaxed),
          .slabs = GetBlockPoolStats().slabs_taken};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const AllocationCounts& counted) {
  return out << counted.mallocs << " mallocs, " << counted.aligned_mallocs << " aligned mallocs, "
             << counted.mmaps << " mmaps, " << counted.slabs << " slabs";
}

AllocationCounter::AllocationCounter() {
  void* frame[1];
  (void)backtrace(frame, 1);  // the first call loads libgcc_s
  stacks_taken.store(0, std::memory_order_relaxed);
  before_ = Totals();
  counting.store(true, std::memory_order_seq_cst);
}

AllocationCounter::~AllocationCounter() { counting.store(false, std::memory_order_seq_cst); }

AllocationCounts AllocationCounter::Stop() {
  counting.store(false, std::memory_order_seq_cst);
  const AllocationCounts now = Totals();
  return {.mallocs = now.mallocs - before_.mallocs,
          .aligned_mallocs = now.aligned_mallocs - before_.aligned_mallocs,
          .mmaps = now.mmaps - before_.mmaps,
          .slabs = now.slabs - before_.slabs};
}

std::string AllocationCounter::Report() const {
  std::string text;
  const int taken = std::min(stacks_taken.load(std::memory_order_relaxed), kStacksMax);
  for (int i = 0; i < taken; ++i) {
    text += "\n";
    text += kKindNames[stacks[i].kind];
    text += " called from:\n";
    for (int frame = kFramesOfHook; frame < stacks[i].frames; ++frame) {
      AppendFrame(stacks[i].frame[frame], &text);
    }
  }
  return text;
}

}  // namespace sampo

#if SAMPO_BLOCK_POOL && defined(__GLIBC__)

extern "C" {

void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_realloc(void* block, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);

void* malloc(size_t bytes) {
  sampo::Count(sampo::kMalloc);
  return __libc_malloc(bytes);
}

void* calloc(size_t count, size_t bytes) {
  sampo::Count(sampo::kMalloc);
  return __libc_calloc(count, bytes);
}

void* realloc(void* block, size_t bytes) {
  sampo::Count(sampo::kMalloc);
  return __libc_realloc(block, bytes);
}

void* memalign(size_t alignment, size_t bytes) {
  sampo::Count(sampo::kAlignedMalloc);
  return __libc_memalign(alignment, bytes);
}

void* aligned_alloc(size_t alignment, size_t bytes) {
  sampo::Count(sampo::kAlignedMalloc);
  return __libc_memalign(alignment, bytes);
}

int posix_memalign(void** block, size_t alignment, size_t bytes) {
  sampo::Count(sampo::kAlignedMalloc);
  *block = __libc_memalign(alignment, bytes);
  return *block == nullptr ? ENOMEM : 0;
}

void* mmap(void* address, size_t bytes, int protection, int flags, int file, off_t offset) {
  sampo::Count(sampo::kMmap);
  return reinterpret_cast<void*>(
      syscall(SYS_mmap, address, bytes, protection, flags, file, offset));
}

}  // extern "C"

#endif  // SAMPO_BLOCK_POOL && defined(__GLIBC__)

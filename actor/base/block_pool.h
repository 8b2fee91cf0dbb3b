// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// BlockPool: the memory of messages, cells, behaviors, asks and coroutine frames.
//
// Why: in steady state a tell must allocate nothing from the machine, and a block that was freed on
// another thread must go back to the thread that hands it out, in batches, or a flood costs a cache
// miss a message. Memory is taken in slabs of 64 KiB, each cut into blocks of one size. A slab
// has one home thread, which allocates from it with plain loads and stores. Free blocks are kept as
// an array of 16-bit offsets in front of the blocks, so that neither an allocation nor a free
// touches the block itself; a free on a foreign thread is gathered into a chain of that slab.
//
// Threads: every function may be called from any thread at any time, also after the thread's own
// destructors and during process exit. Not for signal handlers, nor a child of fork that does not
// exec at once. Lifetime: the pool is never destroyed. Out of memory aborts with the bytes named.
//
//   void* memory = AllocateBlock(sizeof(Cell));      // sizeof folds to a size class
//   Cell* cell = new (memory) Cell(...);
//   cell->~Cell();
//   FreeBlock(cell, sizeof(Cell));                   // the same bytes, any thread
//   RestBlockPool();                                 // a worker about to sleep
#ifndef SAMPO_ACTOR_BASE_BLOCK_POOL_H_
#define SAMPO_ACTOR_BASE_BLOCK_POOL_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

// SAMPO_BLOCK_POOL: 1 when blocks come from slabs; 0 when each block is its own operator new, which
// lets a sanitizer see every block's life. The one place where this is decided; a binary that
// mixes both does not link (see kBlockPoolFlavour).
#if defined(__has_feature)
#define SAMPO_POOL_HAS_FEATURE(feature) __has_feature(feature)
#else
#define SAMPO_POOL_HAS_FEATURE(feature) 0
#endif
#if defined(SAMPO_ASAN) || defined(__SANITIZE_ADDRESS__) || \
    SAMPO_POOL_HAS_FEATURE(address_sanitizer)
#define SAMPO_POOL_SEES_ASAN 1
#else
#define SAMPO_POOL_SEES_ASAN 0
#endif
#if defined(SAMPO_TSAN) || defined(__SANITIZE_THREAD__) || SAMPO_POOL_HAS_FEATURE(thread_sanitizer)
#define SAMPO_POOL_SEES_TSAN 1
#else
#define SAMPO_POOL_SEES_TSAN 0
#endif
#if (SAMPO_POOL_SEES_ASAN && !defined(SAMPO_POOL_UNDER_ASAN)) || \
    (SAMPO_POOL_SEES_TSAN && !defined(SAMPO_POOL_UNDER_TSAN))
#define SAMPO_BLOCK_POOL 0
#else
#define SAMPO_BLOCK_POOL 1
#endif

#if SAMPO_BLOCK_POOL && SAMPO_POOL_SEES_ASAN
#include <sanitizer/asan_interface.h>
#define SAMPO_POOL_POISON(address, bytes) __asan_poison_memory_region(address, bytes)
#define SAMPO_POOL_UNPOISON(address, bytes) __asan_unpoison_memory_region(address, bytes)
// A read, so that the second free of a block is reported as a use after poison.
#define SAMPO_POOL_TOUCH(address) ((void)*static_cast<const volatile char*>(address))
#else
#define SAMPO_POOL_TOUCH(address) ((void)0)
#define SAMPO_POOL_POISON(address, bytes) ((void)0)
#define SAMPO_POOL_UNPOISON(address, bytes) ((void)0)
#endif

namespace sampo {

// Blocks above this come from operator new.
inline constexpr size_t kPooledBytesMax = 1024;
// A thread gathers the foreign blocks it frees for so many slabs, so many blocks each. 62 offsets
// and two words fill two cache lines of 64. Chosen, not measured.
inline constexpr int kChainsMax = 8;
inline constexpr int kChainBlocksMax = 62;
// Slabs without a block in use that RestBlockPool leaves in the process: 16 MiB. Taking memory
// from the machine costs 6 ns (huge pages) to 24 ns a 64-byte message, 2026-11, so some is kept.
inline constexpr int64_t kRestingSlabsMax = 256;

// A block of at least `bytes` bytes, never null: aligned to 64 when `bytes` is a multiple of 64 (so
// sizeof of an alignas(64) type fits), else to 16. Contents are indeterminate.
[[nodiscard, gnu::returns_nonnull]] void* AllocateBlock(size_t bytes) noexcept;

// Gives `block` back, on any thread. `bytes` is what it was allocated with, `block` is not null.
void FreeBlock(void* block, size_t bytes) noexcept;

// The size of a block in a form that is freed by a few instructions less, for who keeps it in
// memory; below 4096. 0: the block is larger than kPooledBytesMax and is to be freed by its bytes.
// `bytes` is a multiple of 16.
constexpr uint16_t BlockCode(size_t bytes);
// FreeBlock of a block of `code`, which is not 0.
void FreeCodedBlock(void* block, uint16_t code) noexcept;

// Sends home the blocks of other threads that this thread has freed and still gathers (at most
// kChainsMax chains of kChainBlocksMax). Nothing to send: a few instructions.
void FlushRemoteFrees() noexcept;

// FlushRemoteFrees, then gives to the machine every slab without a block in use that this thread
// can reach: its own, the free ones, and those other threads have filled and not looked at since.
void TrimBlockPool() noexcept;

// For a thread about to sleep: FlushRemoteFrees, then TrimBlockPool down to kRestingSlabsMax slabs
// if more than that could be had. Cheap when there is nothing to do.
void RestBlockPool() noexcept;

struct BlockPoolStats {
  int64_t slabs_taken = 0;   // slabs got from the machine since the start; steady state: constant
  int64_t slabs_held = 0;    // of those, not yet returned to it
  int64_t slabs_free = 0;    // of those held, in no thread's hands
  int64_t bytes_held = 0;    // slabs_held in bytes
  int64_t remote_frees = 0;  // blocks sent home by threads that were not their home
  int64_t caches = 0;        // thread caches ever made: the most threads that lived at one time
};
// A snapshot; the counters are relaxed and not taken at one instant. All zero when
// SAMPO_BLOCK_POOL is 0.
[[nodiscard]] BlockPoolStats GetBlockPoolStats() noexcept;

namespace internal {

// 64 KiB: offsets fit 16 bits, and about 1000 messages of 64 bytes share one slow path.
inline constexpr uintptr_t kSlabBytes = 64 * 1024;
// Slabs come from regions of 64 slots; slot 0 holds the headers. Two transparent huge pages.
inline constexpr uintptr_t kRegionBytes = 64 * kSlabBytes;
// The size classes, in bytes. From 64 on, all but 96 are multiples of 64. Chosen, not measured.
inline constexpr std::array<uint16_t, 12> kClassBytes = {16,  32,  48,  64,  96,  128,
                                                         192, 256, 384, 512, 768, 1024};
inline constexpr int kClasses = static_cast<int>(kClassBytes.size());

// Index into kClassBytes by (bytes + 15) / 16.
inline constexpr auto kClassOfUnits = [] {
  std::array<uint8_t, kPooledBytesMax / 16 + 1> table{};
  uint8_t size_class = 0;
  for (size_t units = 0; units < table.size(); ++units) {
    if (units * 16 > kClassBytes[size_class]) ++size_class;
    table[units] = size_class;
  }
  return table;
}();
constexpr int SizeClassOf(size_t bytes) { return kClassOfUnits[(bytes + 15) / 16]; }

// may_alias: offsets are written into blocks whose last life was any type.
using BlockOffset [[gnu::may_alias]] = uint16_t;
struct ThreadCache;

// The header of one slab; lives in slot 0 of its region, so that headers are dense (32 to an OS
// page) and do not all fall into one set of the L1 cache as they would at the slabs' starts.
//
// A slab is, seen from its home thread, in exactly one state:
//   current   in LocalBlocks::current, with its free_count; allocations come from it
//   partial   in ThreadCache::partial; has a free block, or a chain waiting in `remote`
//   parked    in no list, all blocks out; `remote` has the parked bit
//   ready     on ThreadCache::ready; whoever pops it holds it alone
//   empty     in ThreadCache::empty or in the SlabHeap; no block out
// `owner` is the home in the states current and partial, else kNobody.
struct alignas(64) Slab {
  std::atomic<ThreadCache*> owner{nullptr};
  unsigned char* base = nullptr;  // start of the 64 KiB: offsets of free blocks, then blocks
  uint32_t free_count = 0;        // offsets in use at `base`; stale while current
  uint16_t capacity = 0;          // blocks in the slab
  uint16_t block_bytes = 0;
  uint8_t size_class = 0;
  Slab* next = nullptr;  // links of the list that holds the slab
  Slab* previous = nullptr;
  // Second line: written by foreign threads. See the table at RemoteWord in the .cc.
  alignas(64) std::atomic<uint64_t> remote{0};
  ThreadCache* home = nullptr;  // constant while a block is out
};
static_assert(sizeof(Slab) == 128);

// The slab that allocations of one class come from. Its count is here and not in the header, and a
// free finds it without the header: a header's address is computed from the block's, and that from
// the count, so a free and the next allocation would wait for each other (7.4 ns a pair, against
// 2.2; block_pool_benchmark, 2026-11).
// Blocks that come back go on `hot`, linked through themselves, and are the first to be handed out:
// between the atomic operations of a message's road, storing and loading an offset costs 7 ns more
// than one link in a block that is in the cache anyway (ping_pong 20.9 ns a message against 13.9,
// 2026-11). All of them are of the slab at `base`; CurrentOf turns them into offsets.
struct CurrentSlab {
  unsigned char* base = nullptr;  // null: none
  uint32_t free_count = 0;        // offsets in use at `base`, without the blocks on `hot`
  void* hot = nullptr;
};

// What a thread needs to allocate. Zero until its first slow path, and after its end.
struct LocalBlocks {
  std::array<CurrentSlab, kClasses> current{};
  ThreadCache* cache = nullptr;
};
// initial-exec: one load instead of a call to __tls_get_addr; the pool must then be linked into
// the program or a library loaded with it, not one opened later.
extern thread_local constinit LocalBlocks local_blocks __attribute__((tls_model("initial-exec")));

void* AllocateSlow(int size_class) noexcept;
void FreeElsewhere(void* block) noexcept;
void* AllocateLarge(size_t bytes) noexcept;
void FreeLarge(void* block, size_t bytes) noexcept;

// Two names, of which block_pool.cc defines the one it was compiled for.
#if SAMPO_BLOCK_POOL
extern const char block_pool_is_on;
[[gnu::used]] inline const char* const kBlockPoolFlavourOn = &block_pool_is_on;
#else
extern const char block_pool_is_off;
[[gnu::used]] inline const char* const kBlockPoolFlavourOff = &block_pool_is_off;
#endif

inline Slab* SlabOf(const void* block) {
  const auto address = reinterpret_cast<uintptr_t>(block);
  const uintptr_t slot = address / kSlabBytes % (kRegionBytes / kSlabBytes);
  return reinterpret_cast<Slab*>((address & ~(kRegionBytes - 1)) + slot * sizeof(Slab));
}

// Where free blocks are poisoned nothing may be linked through them.
#if defined(SAMPO_POOL_UNDER_ASAN)
inline constexpr bool kHotBlocks = false;
#else
inline constexpr bool kHotBlocks = true;
#endif

[[gnu::always_inline]] inline void* AllocatePooled(size_t bytes) {
  const int size_class = SizeClassOf(bytes);
  CurrentSlab& current = local_blocks.current[size_class];
  if (void* const hot = current.hot; hot != nullptr) [[likely]] {
    current.hot = *static_cast<void**>(hot);
    return hot;
  }
  const uint32_t count = current.free_count;
  if (count == 0) [[unlikely]] {
    return AllocateSlow(size_class);
  }
  current.free_count = count - 1;
  return current.base + reinterpret_cast<BlockOffset*>(current.base)[count - 1];
}

[[gnu::always_inline]] inline void FreePooled(void* block, int size_class) {
  CurrentSlab& current = local_blocks.current[size_class];
  const auto address = reinterpret_cast<uintptr_t>(block);
  if (address / kSlabBytes != reinterpret_cast<uintptr_t>(current.base) / kSlabBytes) {
    return FreeElsewhere(block);
  }
  if constexpr (kHotBlocks) {
    *static_cast<void**>(block) = current.hot;
    current.hot = block;
  } else {
    const uint32_t count = current.free_count;
    reinterpret_cast<BlockOffset*>(current.base)[count] = static_cast<uint16_t>(address);
    current.free_count = count + 1;
  }
}

}  // namespace internal

#if SAMPO_BLOCK_POOL
[[gnu::always_inline]] inline void* AllocateBlock(size_t bytes) noexcept {
  if (bytes > kPooledBytesMax) return internal::AllocateLarge(bytes);
  void* const block = internal::AllocatePooled(bytes);
  SAMPO_POOL_UNPOISON(block, bytes == 0 ? 1 : bytes);
  return block;
}

[[gnu::always_inline]] inline void FreeBlock(void* block, size_t bytes) noexcept {
  if (bytes > kPooledBytesMax) return internal::FreeLarge(block, bytes);
  SAMPO_POOL_TOUCH(block);
  SAMPO_POOL_POISON(block, internal::kClassBytes[internal::SizeClassOf(bytes)]);
  internal::FreePooled(block, internal::SizeClassOf(bytes));
}

constexpr uint16_t BlockCode(size_t bytes) {
  return bytes > kPooledBytesMax ? 0 : static_cast<uint16_t>(internal::SizeClassOf(bytes) + 1);
}
[[gnu::always_inline]] inline void FreeCodedBlock(void* block, uint16_t code) noexcept {
  SAMPO_POOL_TOUCH(block);
  SAMPO_POOL_POISON(block, internal::kClassBytes[code - 1]);
  internal::FreePooled(block, code - 1);
}
#else
inline void* AllocateBlock(size_t bytes) noexcept { return internal::AllocateLarge(bytes); }
inline void FreeBlock(void* block, size_t bytes) noexcept { internal::FreeLarge(block, bytes); }
constexpr uint16_t BlockCode(size_t bytes) {
  return bytes > kPooledBytesMax ? 0 : static_cast<uint16_t>((bytes + 15) / 16);
}
inline void FreeCodedBlock(void* block, uint16_t code) noexcept {
  internal::FreeLarge(block, size_t{code} * 16);
}
#endif

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_BLOCK_POOL_H_

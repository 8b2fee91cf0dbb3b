// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/block_pool.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <type_traits>
#include <utility>

#include "sampo/actor/base/block_pool_heap.h"
#include "sampo/actor/base/block_pool_slab.h"

namespace sampo {
namespace internal {

// Large blocks: sizeof of an over-aligned type is a multiple of its alignment, so these are the
// only sizes that can need 64; the others keep the cheaper plain path.
void* AllocateLarge(size_t bytes) noexcept {
  void* block;
  if (bytes % 64 == 0) {
    block = ::operator new (bytes, std::align_val_t{64}, std::nothrow);
  } else {
    block = ::operator new(bytes, std::nothrow);
  }
  if (block == nullptr) [[unlikely]] {
    DieOutOfMemory(bytes);
  }
  return block;
}

void FreeLarge(void* block, size_t bytes) noexcept {
  if (bytes % 64 == 0) {
    ::operator delete (block, std::align_val_t{64});
  } else {
    ::operator delete(block);
  }
}

}  // namespace internal

#if SAMPO_BLOCK_POOL
namespace internal {

extern const char block_pool_is_on = 0;

namespace {

// Slabs without a block in use that a thread keeps for itself, so that a class that goes to and
// fro around a slab's edge does not visit the heap each time. Chosen, not measured.
constexpr int kEmptySlabsMax = 8;
// Partial slabs a resting thread keeps to itself, and how many above that it gives up at one rest:
// a bound on the time of RestBlockPool (about 2 us). Chosen, not measured.
constexpr int kPartialSlabsMax = 16;
constexpr int kGiveUpMax = 32;
// Thread caches are cut from mappings of this size; they are never freed.
constexpr size_t kCacheMapBytes = 64 * 1024;

}  // namespace

// All of a thread's slabs. Never freed: a thread that ends leaves it to the next one that starts.
struct ThreadCache {
  std::array<SlabList, kClasses> partial{};
  int partial_count = 0;
  Slab* empty = nullptr;  // by `next`
  int empty_count = 0;
  uint32_t pending_mask = 0;  // chains that are not empty
  std::array<PendingChain, kChainsMax> pending{};
  std::atomic<int64_t> remote_frees{0};  // written by the thread only
  ThreadCache* next_cache = nullptr;     // list of all caches; constant once published
  ThreadCache* next_orphan = nullptr;    // guarded by caches.mutex
  // Own line: other threads push here.
  alignas(64) std::atomic<Slab*> ready{nullptr};
};

namespace {

// What all threads share. Constant-initialised and trivially destroyed: usable at any moment.
struct Caches {
  std::mutex mutex;
  std::atomic<ThreadCache*> all{nullptr};
  ThreadCache* orphans = nullptr;
  unsigned char* map = nullptr;  // unused rest of the last mapping for caches
  size_t map_left = 0;
  bool has_key = false;
  pthread_key_t key{};
};
constinit Caches caches;
constinit SlabHeap heap;
static_assert(std::is_trivially_destructible_v<Caches> &&
              std::is_trivially_destructible_v<SlabHeap>);
// Complete slabs on ready stacks, about: may lag the stacks either way, so may be below zero.
constinit std::atomic<int64_t> reclaimable{0};

ThreadCache* Nobody() { return reinterpret_cast<ThreadCache*>(uintptr_t{1}); }

}  // namespace

thread_local constinit LocalBlocks local_blocks;

namespace {

// The current slab of a class, its count up to date; null: none. Goes back with SetCurrent.
Slab* CurrentOf(int size_class) {
  CurrentSlab& current = local_blocks.current[size_class];
  if (current.base == nullptr) return nullptr;
  while (current.hot != nullptr) {
    void* const block = current.hot;
    current.hot = *static_cast<void**>(block);
    reinterpret_cast<BlockOffset*>(current.base)[current.free_count++] =
        static_cast<uint16_t>(reinterpret_cast<uintptr_t>(block));
  }
  Slab* const slab = SlabOf(current.base);
  slab->free_count = current.free_count;
  return slab;
}

void SetCurrent(int size_class, const Slab* slab) {
  local_blocks.current[size_class] =
      slab != nullptr ? CurrentSlab{slab->base, slab->free_count} : CurrentSlab{};
}

// Sends home the blocks gathered in the chain, and wakes a parked slab.
void SendChain(ThreadCache* cache, PendingChain& chain) {
  Slab* const slab = chain.slab;
  const int64_t sent = cache->remote_frees.load(std::memory_order_relaxed) + chain.count;
  cache->remote_frees.store(sent, std::memory_order_relaxed);
  const SentWords words = SendNodes(chain);
  if ((words.before & kParked) != 0) PushReady(slab->home->ready, slab);
  if (IsComplete(words.after)) reclaimable.fetch_add(1, std::memory_order_relaxed);
}

void SendChains(ThreadCache* cache) {
  for (PendingChain& chain : cache->pending) {
    if (cache->pending_mask == 0) return;
    if (chain.count != 0) SendChain(cache, chain);
    cache->pending_mask &= ~(1u << (&chain - cache->pending.data()));
  }
}

void KeepEmpty(ThreadCache* cache, Slab* slab) {
  // Relaxed: nobody has a block of it, so nobody else looks.
  slab->owner.store(Nobody(), std::memory_order_relaxed);
  if (cache->empty_count < kEmptySlabsMax) {
    slab->next = cache->empty;
    cache->empty = slab;
    ++cache->empty_count;
  } else {
    slab->next = nullptr;
    heap.Give(slab);
  }
}

void AddPartial(ThreadCache* cache, Slab* slab) {
  // Relaxed: only this thread compares it with its own cache.
  slab->owner.store(cache, std::memory_order_relaxed);
  cache->partial[slab->size_class].PushBack(slab);
  ++cache->partial_count;
}

void RemovePartial(ThreadCache* cache, Slab* slab) {
  cache->partial[slab->size_class].Remove(slab);
  --cache->partial_count;
}

// Frees a block of a partial slab of this thread's.
void PushOwn(ThreadCache* cache, Slab* slab, void* block) {
  OffsetsOf(slab)[slab->free_count] = static_cast<uint16_t>(reinterpret_cast<uintptr_t>(block));
  if (++slab->free_count < slab->capacity) return;
  RemovePartial(cache, slab);
  KeepEmpty(cache, slab);
}

// Makes the slabs on the thread's ready stack its own again.
void CollectReady(ThreadCache* cache) {
  Slab* next;
  for (Slab* slab = TakeReady(cache->ready); slab != nullptr; slab = next) {
    next = slab->next;
    // Acquire: pairs with the release in SendNodes, so that a complete slab may be cut anew.
    if (IsComplete(slab->remote.fetch_and(kChainBits, std::memory_order_acquire))) {
      reclaimable.fetch_sub(1, std::memory_order_relaxed);
      KeepEmpty(cache, slab);
    } else {
      AddPartial(cache, slab);
    }
  }
}

// Leaves a slab that has no free block to the thread that next frees one of its blocks. False: a
// chain has just come home.
bool Park(ThreadCache* cache, Slab* slab) {
  slab->owner.store(Nobody(), std::memory_order_relaxed);
  uint64_t expected = 0;
  const uint64_t parked = kParked | (uint64_t{slab->capacity} << 32);
  // Release: pairs with the acquire in SendChain, whose thread then holds the slab.
  if (slab->remote.compare_exchange_strong(expected, parked, std::memory_order_release,
                                           std::memory_order_relaxed)) {
    return true;
  }
  slab->owner.store(cache, std::memory_order_relaxed);
  return false;
}

// Leaves an owned slab that is in no list to whoever wants it: on the ready stack, where its home
// finds it again, or, when no block is out, adds it to `complete`.
void GiveUp(Slab* slab, Slab*& complete) {
  slab->owner.store(Nobody(), std::memory_order_relaxed);
  const uint32_t out = uint32_t{slab->capacity} - slab->free_count;
  // Acquire: pairs with the release in SendNodes. Release: nobody takes the header from this word,
  // PushReady hands it over.
  if (out == 0 ||
      CountOf(slab->remote.fetch_add(uint64_t{out} << 32, std::memory_order_acquire)) == out) {
    slab->next = complete;
    complete = slab;
  } else {
    PushReady(slab->home->ready, slab);
  }
}

// Collects into `complete` the complete slabs on the ready stack of any thread's cache.
void TrimReady(ThreadCache* cache, Slab*& complete) {
  Slab* next;
  for (Slab* slab = TakeReady(cache->ready); slab != nullptr; slab = next) {
    next = slab->next;
    // Acquire: pairs with the release in SendNodes.
    if (IsComplete(slab->remote.load(std::memory_order_acquire))) {
      reclaimable.fetch_sub(1, std::memory_order_relaxed);
      slab->next = complete;
      complete = slab;
    } else {
      PushReady(slab->home->ready, slab);
    }
  }
}

void TakeEmpties(ThreadCache* cache, Slab*& complete) {
  while (Slab* slab = cache->empty) {
    cache->empty = slab->next;
    slab->next = complete;
    complete = slab;
  }
  cache->empty_count = 0;
}

// At thread exit, as destructor of a pthread key: those run after the C++ thread_local ones, and
// again for a key that was set again, so that a late user of the pool finds it whole.
void Detach(void* pointer) {
  auto* const cache = static_cast<ThreadCache*>(pointer);
  SendChains(cache);
  CollectReady(cache);
  Slab* complete = nullptr;
  TakeEmpties(cache, complete);
  for (int i = 0; i < kClasses; ++i) {
    if (Slab* current = CurrentOf(i)) GiveUp(current, complete);
    while (Slab* slab = cache->partial[i].first) {
      RemovePartial(cache, slab);
      GiveUp(slab, complete);
    }
  }
  heap.Give(complete);
  local_blocks = LocalBlocks{};
  std::lock_guard lock(caches.mutex);
  cache->next_orphan = caches.orphans;
  caches.orphans = cache;
}

// With caches.mutex held.
ThreadCache* NewCache() {
  if (caches.map_left < sizeof(ThreadCache)) {
    caches.map = MapOrDie(kCacheMapBytes);
    caches.map_left = kCacheMapBytes;
  }
  auto* const cache = new (caches.map) ThreadCache;
  caches.map += sizeof(ThreadCache);
  caches.map_left -= sizeof(ThreadCache);
  cache->next_cache = caches.all.load(std::memory_order_relaxed);
  // Release: pairs with the acquire in ForEachCache.
  caches.all.store(cache, std::memory_order_release);
  return cache;
}

// Gives this thread a cache: that of a thread that has ended, with all its slabs, or a new one.
[[gnu::noinline]] ThreadCache* Attach() {
  std::lock_guard lock(caches.mutex);
  if (!caches.has_key) caches.has_key = pthread_key_create(&caches.key, &Detach) == 0;
  ThreadCache* cache = caches.orphans;
  if (cache != nullptr) {
    caches.orphans = cache->next_orphan;
  } else {
    cache = NewCache();
  }
  local_blocks.cache = cache;
  // Without a key (1024 in use) the cache of an ended thread stays with the pool, unused.
  if (caches.has_key) (void)pthread_setspecific(caches.key, cache);
  return cache;
}

ThreadCache* LocalCache() {
  ThreadCache* const cache = local_blocks.cache;
  return cache != nullptr ? cache : Attach();
}

template <class F>
void ForEachCache(F f) {
  // Acquire: pairs with the release in NewCache.
  ThreadCache* cache = caches.all.load(std::memory_order_acquire);
  for (; cache != nullptr; cache = cache->next_cache) f(*cache);
}

// A slab of the class with at least one free block, to be the current one.
Slab* NextSlab(ThreadCache* cache, int size_class) {
  SlabList& partial = cache->partial[size_class];
  if (partial.first == nullptr) CollectReady(cache);
  while (Slab* slab = partial.first) {
    RemovePartial(cache, slab);
    // Full: an ended thread's, given up as it was.
    if (!CollectRemote(slab) && slab->free_count == 0 && Park(cache, slab)) continue;
    CollectRemote(slab);
    return slab;
  }
  Slab* slab = cache->empty;
  if (slab != nullptr) {
    cache->empty = slab->next;
    --cache->empty_count;
  } else {
    slab = heap.Take();
  }
  Format(slab, size_class, cache);
  slab->owner.store(cache, std::memory_order_relaxed);
  return slab;
}

// Gives up slabs from the ends of the partial lists, so that what other threads free in them while
// this one sleeps can be had by TrimBlockPool there.
void GiveUpPartials(ThreadCache* cache, Slab*& complete) {
  int count = std::min(cache->partial_count - kPartialSlabsMax, kGiveUpMax);
  for (SlabList& list : cache->partial) {
    for (; count > 0 && list.last != nullptr; --count) {
      Slab* const slab = list.last;
      RemovePartial(cache, slab);
      GiveUp(slab, complete);
    }
  }
}

// Collects this thread's slabs that have no block out; a current one too.
void TrimOwn(ThreadCache* cache, Slab*& complete) {
  const auto is_complete = [](Slab* slab) {
    CollectRemote(slab);
    return slab->free_count == slab->capacity;
  };
  const auto give = [&](Slab* slab) {
    slab->owner.store(Nobody(), std::memory_order_relaxed);
    slab->next = complete;
    complete = slab;
  };
  for (int i = 0; i < kClasses; ++i) {
    if (Slab* current = CurrentOf(i)) {
      const bool complete_now = is_complete(current);
      SetCurrent(i, complete_now ? nullptr : current);
      if (complete_now) give(current);
    }
    Slab* next;
    for (Slab* slab = cache->partial[i].first; slab != nullptr; slab = next) {
      next = slab->next;
      if (!is_complete(slab)) continue;
      RemovePartial(cache, slab);
      give(slab);
    }
  }
}

}  // namespace

void* AllocateSlow(int size_class) noexcept {
  ThreadCache* const cache = LocalCache();
  Slab* slab = CurrentOf(size_class);
  if (slab == nullptr || (!CollectRemote(slab) && Park(cache, slab))) {
    slab = NextSlab(cache, size_class);
  } else {
    CollectRemote(slab);  // a chain may have come between and kept Park from parking
  }
  void* const block = Pop(slab);
  SetCurrent(size_class, slab);
  return block;
}

// A block of a parked or ready slab, or of another thread's.
[[gnu::noinline]] static void FreeRemote(ThreadCache* cache, Slab* slab, void* block) {
  if (slab->home == cache) {
    // Relaxed: nobody has written a parked slab since this thread parked it.
    uint64_t word = slab->remote.load(std::memory_order_relaxed);
    if ((word & kParked) != 0 &&
        slab->remote.compare_exchange_strong(word, 0, std::memory_order_relaxed)) {
      AddPartial(cache, slab);
    } else {
      CollectReady(cache);
    }
    // Still elsewhere only while another thread trims.
    if (slab->owner.load(std::memory_order_relaxed) == cache) return PushOwn(cache, slab, block);
  }
  const uintptr_t slot = reinterpret_cast<uintptr_t>(block) / kSlabBytes % kChainsMax;
  PendingChain& chain = cache->pending[slot];
  if (chain.slab != slab) {
    if (chain.count != 0) SendChain(cache, chain);
    chain.slab = slab;
  }
  cache->pending_mask |= 1u << slot;
  chain.offsets[chain.count++] = static_cast<uint16_t>(reinterpret_cast<uintptr_t>(block));
  if (chain.count == kChainBlocksMax) SendChain(cache, chain);
}

void FreeElsewhere(void* block) noexcept {
  ThreadCache* const cache = LocalCache();
  Slab* const slab = SlabOf(block);
  // Relaxed: only this thread ever stores its own cache here, and it sees its own last store.
  if (slab->owner.load(std::memory_order_relaxed) == cache) return PushOwn(cache, slab, block);
  FreeRemote(cache, slab, block);
}

}  // namespace internal

void FlushRemoteFrees() noexcept {
  internal::ThreadCache* const cache = internal::local_blocks.cache;
  if (cache != nullptr && cache->pending_mask != 0) internal::SendChains(cache);
}

void TrimBlockPool() noexcept {
  using namespace internal;
  Slab* complete = nullptr;
  if (ThreadCache* cache = local_blocks.cache) {
    SendChains(cache);
    CollectReady(cache);
    TrimOwn(cache, complete);
    TakeEmpties(cache, complete);
  }
  ForEachCache([&](ThreadCache& other) { TrimReady(&other, complete); });
  heap.Give(complete);
  heap.Release(0);
}

void RestBlockPool() noexcept {
  using namespace internal;
  ThreadCache* const cache = local_blocks.cache;
  if (cache == nullptr) return;
  FlushRemoteFrees();
  Slab* complete = nullptr;
  if (cache->partial_count > kPartialSlabsMax) GiveUpPartials(cache, complete);
  // Half of the bound is left, so that the walk below is paid by at least that many slabs.
  const int64_t stacked = reclaimable.load(std::memory_order_relaxed);
  const bool trim = heap.warm() + stacked > kRestingSlabsMax;
  if (trim && stacked > kRestingSlabsMax / 4) {
    ForEachCache([&](ThreadCache& other) { TrimReady(&other, complete); });
  }
  heap.Give(complete);
  if (trim) heap.Release(kRestingSlabsMax / 2);
}

BlockPoolStats GetBlockPoolStats() noexcept {
  using namespace internal;
  BlockPoolStats stats;
  stats.slabs_taken = heap.taken();
  stats.slabs_held = heap.held();
  stats.slabs_free = heap.warm();
  stats.bytes_held = stats.slabs_held * static_cast<int64_t>(kSlabBytes);
  ForEachCache([&](ThreadCache& cache) {
    ++stats.caches;
    stats.remote_frees += cache.remote_frees.load(std::memory_order_relaxed);
  });
  return stats;
}

#else  // SAMPO_BLOCK_POOL

namespace internal {
extern const char block_pool_is_off = 0;
}  // namespace internal

void FlushRemoteFrees() noexcept {}
void TrimBlockPool() noexcept {}
void RestBlockPool() noexcept {}
BlockPoolStats GetBlockPoolStats() noexcept { return {}; }

#endif  // SAMPO_BLOCK_POOL

}  // namespace sampo

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// UniqueFunction<R(Args...)>: a callable of any type behind one type; moved, never copied.
//
// Why: std::function wants copyable callables, so a lambda that owns a Promise or a message does
// not fit; absl::AnyInvocable and <functional> cost more to parse than actor.h may spend. Callables
// up to 32 bytes live inside, larger ones in one block of the pool, so no call of the library
// takes memory from the machine in steady state.
//
// Threads: an instance belongs to one thread at a time. Lifetime: owns the callable, and destroys
// it with itself, also when it was never called. A call that throws lets the exception through.
//
//   UniqueFunction<int(int)> add = [base = std::make_unique<int>(2)](int n) { return *base + n; };
//   int three = add(1);
//   UniqueFunction<int(int)> moved = std::move(add);      // `add` is empty now
#ifndef SAMPO_ACTOR_BASE_UNIQUE_FUNCTION_H_
#define SAMPO_ACTOR_BASE_UNIQUE_FUNCTION_H_

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/check.h"

namespace sampo {

// Callables up to this many bytes need no block. Chosen, not measured: four captured pointers, or a
// ref, a Promise and a word.
inline constexpr size_t kInlineFunctionBytes = 32;

template <class Signature>
class UniqueFunction;

namespace internal {

// A direct call: std::invoke, which also takes member pointers, would need <functional>.
template <class F, class R, class... Args>
concept CallableAs = requires(F& f, Args&&... args) {
  f(std::forward<Args>(args)...);
  requires std::is_void_v<R> || std::is_convertible_v<decltype(f(std::forward<Args>(args)...)), R>;
};

// How to move and destroy the callable that a UniqueFunction holds; the same for all signatures.
struct FunctionLife {
  // Moves from `from` to the raw storage `to`, destroying what was moved. Null: copy the bytes.
  void (*relocate)(void* from, void* to) noexcept;
  // Null: nothing to destroy.
  void (*destroy)(void* storage) noexcept;
};

template <class F>
inline constexpr bool kInlineFunction =
    sizeof(F) <= kInlineFunctionBytes &&
    alignof(F) <= alignof(void*) && std::is_nothrow_move_constructible_v<F>;

// The callable in `storage`: in place, or behind the pointer that stands there.
template <class F>
F& FunctionIn(void* storage) {
  if constexpr (kInlineFunction<F>) {
    return *std::launder(static_cast<F*>(storage));
  } else {
    return **std::launder(static_cast<F**>(storage));
  }
}

template <class F>
void RelocateFunction(void* from, void* to) noexcept {
  F& function = FunctionIn<F>(from);
  ::new (to) F(std::move(function));
  std::destroy_at(&function);
}

template <class F>
void DestroyFunctionIn(void* storage) noexcept {
  F& function = FunctionIn<F>(storage);
  std::destroy_at(&function);
  if constexpr (!kInlineFunction<F>) FreeBlock(&function, sizeof(F));
}

template <class F>
constexpr FunctionLife LifeOf() {
  FunctionLife life{nullptr, nullptr};
  // A callable in a block stays there: its pointer is copied.
  if constexpr (kInlineFunction<F> && !std::is_trivially_copyable_v<F>) {
    life.relocate = &RelocateFunction<F>;
  }
  if constexpr (!kInlineFunction<F> || !std::is_trivially_destructible_v<F>) {
    life.destroy = &DestroyFunctionIn<F>;
  }
  return life;
}

template <class F>
inline constexpr FunctionLife kFunctionLife = LifeOf<F>();

// Gives a block back unless it was released: for constructors that throw.
template <class F>
struct FunctionBlock {
  void* block = AllocateBlock(sizeof(F));
  FunctionBlock() = default;
  FunctionBlock(const FunctionBlock&) = delete;
  FunctionBlock& operator=(const FunctionBlock&) = delete;
  ~FunctionBlock() {
    if (block != nullptr) FreeBlock(block, sizeof(F));
  }
};

}  // namespace internal

template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  // Empty: false as a condition, and must not be called.
  UniqueFunction() = default;
  UniqueFunction(std::nullptr_t) {}  // NOLINT: implicit on purpose

  // Takes any callable over. A null function pointer makes it empty.
  template <class Callable, class F = std::decay_t<Callable>>
  requires(!std::is_same_v<F, UniqueFunction> && internal::CallableAs<F, R, Args...>)
      UniqueFunction(Callable&& callable) {  // NOLINT: implicit on purpose
    static_assert(alignof(F) <= 16, "Sampo: a callable's alignment is at most 16 bytes.");
    if constexpr (std::is_pointer_v<F>) {
      if (callable == nullptr) return;
    }
    if constexpr (internal::kInlineFunction<F>) {
      // All bytes get a value, because TakeFrom may copy all of them.
      if constexpr (sizeof(F) < kInlineFunctionBytes) std::memset(storage_, 0, sizeof(storage_));
      ::new (static_cast<void*>(storage_)) F(std::forward<Callable>(callable));
    } else {
      internal::FunctionBlock<F> memory;
      F* function = ::new (memory.block) F(std::forward<Callable>(callable));
      memory.block = nullptr;
      std::memset(storage_, 0, sizeof(storage_));
      ::new (static_cast<void*>(storage_)) F*(function);
    }
    invoke_ = &Invoke<F>;
    life_ = &internal::kFunctionLife<F>;
  }

  UniqueFunction(UniqueFunction&& other) noexcept { TakeFrom(other); }
  UniqueFunction& operator=(UniqueFunction&& other) noexcept {
    if (this != &other) {
      Destroy();
      TakeFrom(other);
    }
    return *this;
  }
  ~UniqueFunction() { Destroy(); }

  explicit operator bool() const { return invoke_ != nullptr; }

  // Calls it; it stays callable. Precondition: not empty.
  R operator()(Args... args) {
    SAMPO_CHECK(invoke_ != nullptr, "an empty UniqueFunction was called");
    return invoke_(storage_, std::forward<Args>(args)...);
  }

 private:
  template <class F>
  static R Invoke(void* storage, Args&&... args) {
    if constexpr (std::is_void_v<R>) {
      internal::FunctionIn<F>(storage)(std::forward<Args>(args)...);
    } else {
      return internal::FunctionIn<F>(storage)(std::forward<Args>(args)...);
    }
  }

  // Precondition: this one holds no callable.
  void TakeFrom(UniqueFunction& other) noexcept {
    invoke_ = std::exchange(other.invoke_, nullptr);
    if (invoke_ == nullptr) return;
    life_ = other.life_;
    if (life_->relocate != nullptr) {
      life_->relocate(other.storage_, storage_);
    } else {
      std::memcpy(storage_, other.storage_, kInlineFunctionBytes);
    }
  }

  void Destroy() noexcept {
    // Empty first: the callable's destructor may look at whoever owns this function.
    if (std::exchange(invoke_, nullptr) == nullptr || life_->destroy == nullptr) return;
    life_->destroy(storage_);
  }

  R (*invoke_)(void* storage, Args&&... args) = nullptr;
  const internal::FunctionLife* life_;  // valid while invoke_ is not null
  alignas(void*) unsigned char storage_[kInlineFunctionBytes];
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_UNIQUE_FUNCTION_H_

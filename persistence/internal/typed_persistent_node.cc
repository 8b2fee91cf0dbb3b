// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What the typed nodes need and no type matters for.
#include <coroutine>
#include <exception>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/detail/typed_persistent_node.h"

namespace sampo::persistence::internal {

using ::sampo::internal::kSame;

int64_t LastSequenceNumberOf(const ContextBase& context) {
  const PersistentNode* node = PersistentNode::Of(context);
  SAMPO_CHECK(node != nullptr, "LastSequenceNumber of a context whose actor is not persistent");
  return node->last_sequence_number();
}

absl::Status StatusOfHandlerException() {
  try {
    throw;
  } catch (const absl::BadStatusOrAccess& e) {
    return e.status();
  } catch (const std::exception& e) {
    return absl::UnknownError(StrCat("a handler threw: ", e.what()));
  } catch (...) {
    return absl::UnknownError("a handler threw something that is no std::exception");
  }
}

void PublishUnhandled(ContextBase& context) {
  context.System().PublishUnhandled(::sampo::internal::CellTarget(context),
                                    context.current_envelope());
}

Word TakeDrivenWord(std::coroutine_handle<> handle) {
  using Promise = ::sampo::internal::TaskPromise<void>;
  auto typed = std::coroutine_handle<Promise>::from_address(handle.address());
  if (std::exception_ptr exception = typed.promise().TakeException()) {
    std::rethrow_exception(exception);
  }
  return kSame;
}

}  // namespace sampo::persistence::internal

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RecoveryOps: what a stream does with its failure: another one, an element, another source, an
// end.
//
// A failure has overtaken and dropped what was buffered above when it arrives here. A function of
// it may be partial: where it returns std::optional, an empty one lets the failure pass. To begin
// anew: restart.h.
// Threads: functions run on the stream's turn, copied for each materialization.
#ifndef SAMPO_STREAM_OPS_RECOVERY_H_
#define SAMPO_STREAM_OPS_RECOVERY_H_

#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/attributes.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/recover.h"

namespace sampo::stream {

template <class Derived, class Out>
class RecoveryOps {
 public:
  // A failure through f(const absl::Status&): an absl::Status, or an optional one.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: ops/recovery_test.cc.
  template <class F>
  auto MapError(F f, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::MapErrorPipe<Out, F>>(self(), "mapError", where,
                                                                std::move(f));
  }
  // One last element f(const absl::Status&) in place of a failure: an Out, or an optional one.
  // Emits when: upstream does, or it fails and `f` gives an element. Backpressures when: downstream
  // does. Completes when: upstream does, or after the element. Cancels when: downstream does.
  // Tested by: ops/recovery_test.cc.
  template <class F>
  auto Recover(F f, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::RecoverLogic<Out, F>>(self(), "recover", where,
                                                                      std::move(f));
  }
  // Goes on with the source f(const absl::Status&), or an optional one, in place of a failure; its
  // failures too.
  // Emits when: upstream or the source does. Backpressures when: downstream does. Completes when:
  // upstream or the source does. Cancels when: downstream does. Tested by: ops/recovery_test.cc.
  template <class F>
  auto RecoverWith(F f, SourceLocation where = SourceLocation::Current()) const {
    return MakeRecoverWith("recoverWith", where, -1, std::move(f));
  }
  // The same up to `attempts` times; below 0: always.
  // Emits when: upstream or the source does. Backpressures when: downstream does. Completes when:
  // upstream or the source does. Cancels when: downstream does. Tested by: ops/recovery_test.cc.
  template <class F>
  auto RecoverWithRetries(int attempts, F f,
                          SourceLocation where = SourceLocation::Current()) const {
    return MakeRecoverWith("recoverWithRetries", where, attempts, std::move(f));
  }
  // RecoverWith by the name that Reactor's users know.
  // Emits when: upstream or the source does. Backpressures when: downstream does. Completes when:
  // upstream or the source does. Cancels when: downstream does. Tested by: ops/recovery_test.cc.
  template <class F>
  auto OnErrorResume(F f, SourceLocation where = SourceLocation::Current()) const {
    return MakeRecoverWith("onErrorResume", where, -1, std::move(f));
  }
  // Completes where upstream fails, if predicate(failure).
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does,
  // or fails so. Cancels when: downstream does. Tested by: ops/recovery_test.cc.
  auto OnErrorComplete(SourceLocation where = SourceLocation::Current()) const {
    return OnErrorComplete(internal::AnyFailure{}, where);
  }
  template <class Predicate>
  requires(!std::is_same_v<Predicate, SourceLocation>) auto OnErrorComplete(
      Predicate predicate, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::OnErrorCompletePipe<Out, Predicate>>(
        self(), "onErrorComplete", where, std::move(predicate));
  }
  // The operators so far drop an element on which a function fails, as with Supervision(Resume),
  // and consumer(const absl::Status&) is called. Those of them that run in several actors call it
  // from several threads. Where a predicate(failure) is given, other failures stop. Emits when:
  // upstream does. Backpressures when: downstream does. Completes when: upstream does. Cancels
  // when: downstream does. Tested by: ops/recovery_test.cc.
  template <class Consumer>
  Derived OnErrorContinue(Consumer consumer) const {
    return OnErrorContinue(internal::AnyFailure{}, std::move(consumer));
  }
  template <class Predicate, class Consumer>
  Derived OnErrorContinue(Predicate predicate, Consumer consumer) const {
    return self().WithAttributes(
        Attributes().Supervision([predicate = std::move(predicate), consumer = std::move(consumer)](
                                     const absl::Status& failure) mutable {
          if (!predicate(failure)) return Directive::kStop;
          consumer(failure);
          return Directive::kResume;
        }));
  }

 private:
  template <class F>
  auto MakeRecoverWith(const char* name, SourceLocation where, int attempts, F f) const {
    return internal::AppendStage<Out, internal::RecoverWithLogic<Out, F>>(self(), name, where,
                                                                          attempts, std::move(f));
  }
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_RECOVERY_H_

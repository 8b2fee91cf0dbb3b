// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Props: how an actor is run: on which dispatcher, behind which mailbox, with which tags.
//
// Threads: a value, shared by copies. Lifetime: only the spawn reads it.
//
//   context.Spawn(Worker(), "disk", Props().Blocking().WithMailbox(Mailboxes::Bounded(1000)));
#ifndef SAMPO_ACTOR_PROPS_H_
#define SAMPO_ACTOR_PROPS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sampo/actor/dispatch/message_queue.h"

namespace sampo {

// Where an actor's turns run.
enum class DispatcherKind : uint8_t {
  kDefault,       // the system's work-stealing dispatcher
  kSameAsParent,  // its parent's
  kInternal,      // the library's own actors: not starved by users' blocking
  kBlocking,      // a bounded pool of threads for handlers that block
  kPinned,        // a thread of its own
};

// Makes the queue of each actor that is spawned with it; shared by copies of a Props.
class MailboxFactory {
 public:
  virtual ~MailboxFactory() = default;
  virtual std::unique_ptr<MessageQueue> Make() const = 0;
};

class Props {
 public:
  Props() = default;

  Props& OnDispatcher(DispatcherKind kind) & {
    dispatcher_ = kind;
    return *this;
  }
  Props&& OnDispatcher(DispatcherKind kind) && { return std::move(OnDispatcher(kind)); }
  Props&& Blocking() && { return std::move(OnDispatcher(DispatcherKind::kBlocking)); }
  Props&& Pinned() && { return std::move(OnDispatcher(DispatcherKind::kPinned)); }
  Props&& SameAsParent() && { return std::move(OnDispatcher(DispatcherKind::kSameAsParent)); }

  // Null: the default, unbounded mailbox. See mailboxes.h for the others.
  Props&& WithMailbox(std::shared_ptr<const MailboxFactory> mailbox) && {
    mailbox_ = std::move(mailbox);
    return std::move(*this);
  }
  Props&& WithTags(std::vector<std::string> tags) && {
    tags_ = std::move(tags);
    return std::move(*this);
  }

  DispatcherKind dispatcher() const { return dispatcher_; }
  const MailboxFactory* mailbox() const { return mailbox_.get(); }
  const std::vector<std::string>& tags() const { return tags_; }

 private:
  DispatcherKind dispatcher_ = DispatcherKind::kDefault;
  std::shared_ptr<const MailboxFactory> mailbox_;
  std::vector<std::string> tags_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_PROPS_H_

// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PersistenceId: the name under which an actor's events are stored, the same for ever.
//
// Why: refs and paths change with each start; the id is what a journal is keyed by. It is a type
// and an entity id, joined by '|': "Cart|7". One actor at a time may write under an id; the journal
// fences the older one (journal.h).
// Threads: a value. An id that is no id (empty, too long) is told by status(), which whoever uses
// the id first reports, so that Of can stand in a list of designated initialisers.
//
//   PersistenceId id = PersistenceId::Of("Cart", "7");       // id.text() == "Cart|7"
#ifndef SAMPO_PERSISTENCE_PERSISTENCE_ID_H_
#define SAMPO_PERSISTENCE_PERSISTENCE_ID_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace sampo::persistence {

// The longest id in bytes. Chosen, not measured: twice what a path name on disk may have.
inline constexpr size_t kPersistenceIdBytesMax = 512;

class PersistenceId {
 public:
  // '|' may stand in `entity_id`, not in `entity_type`.
  static PersistenceId Of(std::string_view entity_type, std::string_view entity_id);
  // An id without a type: all of `text`.
  static PersistenceId OfUniqueId(std::string_view text);

  const std::string& text() const { return text_; }
  // What stands before the first '|'; empty where there is none.
  std::string_view entity_type() const;
  // What stands behind it; all of it where there is none.
  std::string_view entity_id() const;
  // INVALID_ARGUMENT: a part is empty, too long (kPersistenceIdBytesMax), or has a byte it must
  // not have: '|' in the type, a NUL, what is no UTF-8.
  absl::Status status() const;

  friend bool operator==(const PersistenceId& a, const PersistenceId& b) {
    return a.text_ == b.text_;
  }
  friend auto operator<=>(const PersistenceId& a, const PersistenceId& b) {
    return a.text_ <=> b.text_;
  }

 private:
  PersistenceId(std::string text, const char* problem)
      : text_(std::move(text)), problem_(problem) {}

  std::string text_;
  const char* problem_;  // null: none
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_PERSISTENCE_ID_H_

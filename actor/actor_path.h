// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorPath: where an actor stands, as a value: the address of its system, the names from the root
// down, and which incarnation. Address: which system.
//
//   sampo://shop/user/cart#17                     an actor of the local system "shop"
//   sampo://shop@10.0.0.7:7355/user/cart          any incarnation, on another node
//
// The text has one form only: what Parse accepts, ToString gives back. Names consist of letters,
// digits and -_.*$+:@&=,!~';% ; a system's name of letters, digits, '-' and '_'; a host of letters,
// digits, '-', '_' and '.', or an IPv6 address in [].
// Threads: a value. A path says nothing about whether there is an actor: see actor_ref_resolver.h.
//
//   absl::StatusOr<ActorPath> path = ActorPath::Parse("sampo://shop/user/cart#17");
//   path->name();                                 // "cart"
#ifndef SAMPO_ACTOR_ACTOR_PATH_H_
#define SAMPO_ACTOR_ACTOR_PATH_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sampo {

// Longest text of a path. Chosen, not measured: a path has a few dozen bytes.
inline constexpr size_t kActorPathBytesMax = 4096;

// Of an actor system. Without host and port: the system of the process itself.
struct Address {
  std::string system;
  std::string host;
  uint16_t port = 0;

  // "sampo://shop" or "sampo://shop@host:port". INVALID_ARGUMENT names the byte and what was
  // wanted.
  static absl::StatusOr<Address> Parse(std::string_view text);
  std::string ToString() const;
  bool is_local() const { return host.empty(); }
  friend bool operator==(const Address&, const Address&) = default;
  friend auto operator<=>(const Address&, const Address&) = default;
};

class ActorPath {
 public:
  // The root of a local system without a name: for containers.
  ActorPath() = default;

  // An absolute path with its address. INVALID_ARGUMENT names the byte and what was wanted.
  static absl::StatusOr<ActorPath> Parse(std::string_view text);
  // The same, and "/user/cart#17", which is a path at `base`.
  static absl::StatusOr<ActorPath> Parse(std::string_view text, const Address& base);
  // INVALID_ARGUMENT: an element is no name. `uid` 0: any incarnation; at most 2^31 - 1.
  static absl::StatusOr<ActorPath> Of(Address address, std::vector<std::string> elements,
                                      uint32_t uid = 0);
  // Ok where `name` can stand in a path: not empty, and only the characters above.
  static absl::Status CheckElement(std::string_view name);

  const Address& address() const { return address_; }
  // "user", "cart"; none for the root.
  const std::vector<std::string>& elements() const { return elements_; }
  uint32_t uid() const { return uid_; }
  // The last element, "" for the root.
  std::string_view name() const;
  // Without the last element and the uid; the root's parent is the root.
  ActorPath Parent() const;
  // Precondition: CheckElement(name) is ok.
  ActorPath Child(std::string_view name) const;
  ActorPath WithUid(uint32_t uid) const;

  // "/user/cart#17".
  std::string LocalString() const;
  std::string ToString() const { return address_.ToString() + LocalString(); }

  friend bool operator==(const ActorPath&, const ActorPath&) = default;
  friend auto operator<=>(const ActorPath&, const ActorPath&) = default;

 private:
  Address address_;
  std::vector<std::string> elements_;
  uint32_t uid_ = 0;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_ACTOR_PATH_H_

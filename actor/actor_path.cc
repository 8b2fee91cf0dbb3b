// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/actor_path.h"

#include "absl/strings/escaping.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

constexpr std::string_view kScheme = "sampo://";
constexpr uint32_t kUidMax = 0x7FFFFFFF;

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool IsSystemCharacter(char c) { return IsAlphanumeric(c) || c == '-' || c == '_'; }
bool IsHostCharacter(char c) { return IsSystemCharacter(c) || c == '.'; }
bool IsIpv6Character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
         c == '.';
}
bool IsElementCharacter(char c) {
  return IsAlphanumeric(c) ||
         std::string_view("-_.*$+:@&=,!~';%").find(c) != std::string_view::npos;
}

// For messages: printable, and not longer than a line.
std::string Shown(std::string_view text) {
  constexpr size_t kShownMax = 80;
  std::string shown = absl::CHexEscape(ToAbsl(text.substr(0, kShownMax)));
  if (text.size() > kShownMax) shown += "...";
  return shown;
}

// Reads a text from left to right; the first thing that is wrong is kept.
class Reader {
 public:
  Reader(std::string_view what, std::string_view text) : what_(what), text_(text) {}

  const absl::Status& status() const { return status_; }
  bool ok() const { return status_.ok(); }
  bool AtEnd() const { return at_ == text_.size(); }
  bool Next(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void Fail(std::string_view wanted) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(
        StrCat(what_, " \"", Shown(text_), "\": byte ", at_, ": want ", wanted));
  }
  bool Take(std::string_view literal) {
    if (text_.substr(at_, literal.size()) != literal) return false;
    at_ += literal.size();
    return true;
  }
  // At least one character of the kind.
  std::string TakeWhile(bool (*is_one)(char), std::string_view wanted) {
    const size_t begin = at_;
    while (at_ < text_.size() && is_one(text_[at_])) ++at_;
    if (at_ == begin) Fail(wanted);
    return std::string(text_.substr(begin, at_ - begin));
  }
  // A decimal in [1, max], without leading zeros.
  uint32_t TakeNumber(uint32_t max, std::string_view wanted) {
    const size_t begin = at_;
    uint64_t number = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' && number <= max) {
      number = number * 10 + static_cast<uint64_t>(text_[at_] - '0');
      ++at_;
    }
    if (at_ == begin || text_[begin] == '0' || number > max) {
      at_ = begin;
      Fail(wanted);
      return 0;
    }
    return static_cast<uint32_t>(number);
  }

 private:
  const std::string_view what_;
  const std::string_view text_;
  size_t at_ = 0;
  absl::Status status_;
};

std::string ReadHost(Reader& reader) {
  if (!reader.Take("[")) {
    return reader.TakeWhile(&IsHostCharacter, "a host (letters, digits, '-', '_', '.')");
  }
  std::string host = reader.TakeWhile(&IsIpv6Character, "an IPv6 address");
  if (reader.ok() && !reader.Take("]")) reader.Fail("']' after an IPv6 address");
  return StrCat("[", host, "]");
}

Address ReadAddress(Reader& reader) {
  Address address;
  if (!reader.Take(kScheme)) reader.Fail("\"sampo://\"");
  if (!reader.ok()) return address;
  address.system =
      reader.TakeWhile(&IsSystemCharacter, "a system's name (letters, digits, '-', '_')");
  if (!reader.ok() || !reader.Take("@")) return address;
  address.host = ReadHost(reader);
  if (!reader.ok()) return address;
  if (!reader.Take(":")) reader.Fail("':' and a port");
  address.port = static_cast<uint16_t>(reader.TakeNumber(65535, "a port, 1 to 65535"));
  return address;
}

absl::Status TooLong(std::string_view what, std::string_view text) {
  return absl::InvalidArgumentError(StrCat(what, " \"", Shown(text), "\" has ", text.size(),
                                           " bytes, at most ", kActorPathBytesMax, " are allowed"));
}

}  // namespace

absl::StatusOr<Address> Address::Parse(std::string_view text) {
  if (text.size() > kActorPathBytesMax) return TooLong("address", text);
  Reader reader("address", text);
  Address address = ReadAddress(reader);
  if (reader.ok() && !reader.AtEnd()) reader.Fail("the end of the address");
  if (!reader.ok()) return reader.status();
  return address;
}

std::string Address::ToString() const {
  if (host.empty()) return StrCat(kScheme, system);
  return StrCat(kScheme, system, "@", host, ":", static_cast<int>(port));
}

absl::Status ActorPath::CheckElement(std::string_view name) {
  for (size_t i = 0; i < name.size(); ++i) {
    if (IsElementCharacter(name[i])) continue;
    return absl::InvalidArgumentError(StrCat("actor name \"", Shown(name), "\": byte ", i,
                                             ": want letters, digits and -_.*$+:@&=,!~';% only"));
  }
  if (name.empty()) return absl::InvalidArgumentError("an actor's name is empty");
  return absl::OkStatus();
}

absl::StatusOr<ActorPath> ActorPath::Parse(std::string_view text) {
  if (!text.starts_with(kScheme)) {
    Reader reader("actor path", text);
    reader.Fail("\"sampo://\"");
    return reader.status();
  }
  return Parse(text, Address());
}

absl::StatusOr<ActorPath> ActorPath::Parse(std::string_view text, const Address& base) {
  if (text.size() > kActorPathBytesMax) return TooLong("actor path", text);
  Reader reader("actor path", text);
  ActorPath path;
  path.address_ = reader.Next('/') ? base : ReadAddress(reader);
  if (reader.ok() && !reader.Take("/")) reader.Fail("'/'");
  if (reader.ok() && !reader.AtEnd()) {
    do {
      path.elements_.push_back(
          reader.TakeWhile(&IsElementCharacter, "a name (letters, digits and -_.*$+:@&=,!~';%)"));
    } while (reader.ok() && reader.Take("/"));
    if (reader.ok() && reader.Take("#")) path.uid_ = reader.TakeNumber(kUidMax, "a uid");
  }
  if (reader.ok() && !reader.AtEnd()) reader.Fail("'/', '#' or the end of the path");
  if (!reader.ok()) return reader.status();
  return path;
}

absl::StatusOr<ActorPath> ActorPath::Of(Address address, std::vector<std::string> elements,
                                        uint32_t uid) {
  for (const std::string& element : elements) {
    absl::Status check = CheckElement(element);
    if (!check.ok()) return check;
  }
  if (uid > kUidMax || (uid != 0 && elements.empty())) {
    return absl::InvalidArgumentError(
        StrCat("actor path: uid ", uid, ": want 0 to ", kUidMax, ", and 0 for the root"));
  }
  ActorPath path;
  path.address_ = std::move(address);
  path.elements_ = std::move(elements);
  path.uid_ = uid;
  return path;
}

std::string_view ActorPath::name() const {
  return elements_.empty() ? std::string_view() : std::string_view(elements_.back());
}

ActorPath ActorPath::Parent() const {
  ActorPath parent = *this;
  if (!parent.elements_.empty()) parent.elements_.pop_back();
  parent.uid_ = 0;
  return parent;
}

ActorPath ActorPath::Child(std::string_view name) const {
  SAMPO_CHECK_OK(CheckElement(name));
  ActorPath child = *this;
  child.elements_.emplace_back(name);
  child.uid_ = 0;
  return child;
}

ActorPath ActorPath::WithUid(uint32_t uid) const {
  SAMPO_CHECK(uid <= kUidMax && (uid == 0 || !elements_.empty()), "a uid of no actor");
  ActorPath path = *this;
  path.uid_ = uid;
  return path;
}

std::string ActorPath::LocalString() const {
  if (elements_.empty()) return "/";
  std::string text;
  for (const std::string& element : elements_) StrAppend(text, "/", element);
  if (uid_ != 0) StrAppend(text, "#", uid_);
  return text;
}

}  // namespace sampo

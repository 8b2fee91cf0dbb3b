// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/record_end.h"

#include <algorithm>

namespace flightboard {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool IsOneOf(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}

}  // namespace

BracketScan::Seen BracketScan::Take(char next) {
  if (in_string_) {
    in_string_ = escaped_ || next != '"';
    escaped_ = !escaped_ && next == '\\';
    return Seen::kInside;
  }
  if (IsOneOf(next, kSpace)) return Seen::kInside;
  const Seen seen = TakeStructure(next);
  last_ = next;
  return seen;
}

BracketScan::Seen BracketScan::TakeStructure(char next) {
  const char inner = open_.empty() ? 0 : open_.back();
  switch (next) {
    case '{':
    case '[': {
      const bool fits = inner == 0 || last_ == ':' || (inner == '[' && IsOneOf(last_, "[,"));
      open_.push_back(next);
      return fits ? Seen::kInside : Seen::kDamage;
    }
    case '}':
    case ']':
      if (inner != (next == '}' ? '{' : '[') || IsOneOf(last_, ",:")) return Seen::kDamage;
      open_.pop_back();
      return open_.empty() ? Seen::kEnd : Seen::kInside;
    case '"':
      in_string_ = true;
      return IsOneOf(last_, "{[,:") ? Seen::kInside : Seen::kDamage;
    case ',':
    case ':':
      return Seen::kInside;
    default:
      // A number or a word: behind a string or a bracket that is closed there is none.
      return IsOneOf(last_, "\"}]{") ? Seen::kDamage : Seen::kInside;
  }
}

std::string_view AfterSpace(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kSpace), text.size()));
}

Look BeginsRecord(std::string_view text, std::string_view key, bool is_all) {
  if (!text.empty() && text.front() != '{') return Look::kNo;
  text = AfterSpace(text.substr(text.empty() ? 0 : 1));
  if (text.empty()) return is_all ? Look::kYes : Look::kNeedMore;
  if (key.empty()) return IsOneOf(text.front(), "\"}") ? Look::kYes : Look::kNo;
  if (text.starts_with(key)) return Look::kYes;
  return key.starts_with(text) && !is_all ? Look::kNeedMore : Look::kNo;
}

Look IsBehindRecord(std::string_view text, std::string_view key, bool is_all) {
  text = AfterSpace(text);
  if (text.starts_with(',')) {
    text = AfterSpace(text.substr(1));
    key = {};  // the comma says enough
  }
  if (text.starts_with(']')) {
    if (!AfterSpace(text.substr(1)).empty()) return Look::kNo;
    return is_all ? Look::kYes : Look::kNeedMore;
  }
  return BeginsRecord(text, key, is_all);
}

namespace {

// The walk through a damaged record.
class DamagedRecord {
 public:
  DamagedRecord(std::string_view text, std::string_view key, bool is_all)
      : text_(text), key_(key), is_all_(is_all) {
    if (!text.starts_with('{') && !text.starts_with('[')) open_.push_back('{');
  }
  End Find() {
    for (size_t i = 0; i < text_.size(); ++i) {
      const char next = text_[i];
      if (IsOneOf(next, kSpace)) continue;
      const Look ends = Take(next, i);
      if (ends == Look::kYes) return {Look::kYes, next == '{' ? i : i + 1};
      if (ends == Look::kNeedMore) return {Look::kNeedMore, 0};
      last_ = next;
    }
    return {is_all_ ? Look::kNo : Look::kNeedMore, 0};
  }

 private:
  // Whether the record ends with the byte at `at`, or in front of it where that is a '{'.
  Look Take(char next, size_t at) {
    const char inner = open_.empty() ? 0 : open_.back();
    if (next == '{' && inner == '{' && IsOneOf(last_, ",}")) {
      const Look begins = BeginsRecord(text_.substr(at), key_, is_all_);
      if (begins != Look::kNo) return begins;
    }
    if (next == '{' || next == '[') {
      if (inner == 0 || IsOneOf(last_, ":[,")) open_.push_back(next);
    } else if (next == ']' && inner == '[') {
      if (open_.size() > 1) {
        open_.pop_back();
      } else {
        return IsBehindRecord(text_.substr(at + 1), key_, is_all_);
      }
    } else if (next == '}') {
      while (open_.size() > 1 && open_.back() == '[') open_.pop_back();
      if (open_.size() == 1) return IsBehindRecord(text_.substr(at + 1), key_, is_all_);
      open_.pop_back();
    }
    return Look::kNo;
  }

  const std::string_view text_;
  const std::string_view key_;
  const bool is_all_;
  std::string open_;  // '{' and '['
  char last_ = 0;
};

}  // namespace

End DamagedEnd(std::string_view text, std::string_view key, bool is_all) {
  return DamagedRecord(text, key, is_all).Find();
}

}  // namespace flightboard

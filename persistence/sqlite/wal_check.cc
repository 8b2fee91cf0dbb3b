// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/wal_check.h"

#include <bit>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence {
namespace {

constexpr uint32_t kMagicLittleEndian = 0x377f0682;
constexpr uint32_t kMagicBigEndian = 0x377f0683;
constexpr uint32_t kPageBytesMin = 512;
constexpr uint32_t kPageBytesMax = 65536;
constexpr size_t kSummedHeaderBytes = 24;
constexpr size_t kSummedFrameBytes = 8;
// How many times a WAL may have started over since the header that is there was written, for its
// frames to be taken for newer ones. Salts of a WAL that was made anew are random: chosen so that
// those hit this range once in 65,536 times.
constexpr uint32_t kNewerGenerationsMax = 65535;

uint32_t BigEndian32(std::string_view bytes, size_t at) {
  uint32_t word;
  std::memcpy(&word, bytes.data() + at, sizeof(word));
  return std::endian::native == std::endian::little ? __builtin_bswap32(word) : word;
}

struct Sum {
  uint32_t first = 0;
  uint32_t second = 0;
  bool operator==(const Sum&) const = default;
};

// `bytes` is a multiple of 8 long.
template <bool kSwap>
Sum Add(Sum sum, std::string_view bytes) {
  const char* const end = bytes.data() + bytes.size();
  for (const char* at = bytes.data(); at != end; at += 8) {
    uint32_t one;
    uint32_t two;
    std::memcpy(&one, at, sizeof(one));
    std::memcpy(&two, at + sizeof(one), sizeof(two));
    sum.first += (kSwap ? __builtin_bswap32(one) : one) + sum.second;
    sum.second += (kSwap ? __builtin_bswap32(two) : two) + sum.first;
  }
  return sum;
}

Sum Add(Sum sum, std::string_view bytes, bool big_endian) {
  const bool swap = big_endian != (std::endian::native == std::endian::big);
  return swap ? Add<true>(sum, bytes) : Add<false>(sum, bytes);
}

struct Salts {
  uint32_t first = 0;
  uint32_t second = 0;
  bool operator==(const Salts&) const = default;
};

struct Header {
  bool verifies = false;
  bool big_endian = false;
  uint32_t page_bytes = 0;
  Salts salts;
  Sum stored;
};

bool IsPageSize(uint32_t bytes) {
  return std::has_single_bit(bytes) && bytes >= kPageBytesMin && bytes <= kPageBytesMax;
}

Header HeaderOf(std::string_view bytes) {
  Header header;
  const uint32_t magic = BigEndian32(bytes, 0);
  header.big_endian = magic == kMagicBigEndian;
  header.page_bytes = BigEndian32(bytes, 8);
  header.salts = {BigEndian32(bytes, 16), BigEndian32(bytes, 20)};
  header.stored = {BigEndian32(bytes, 24), BigEndian32(bytes, 28)};
  header.verifies =
      (magic == kMagicLittleEndian || magic == kMagicBigEndian) && IsPageSize(header.page_bytes) &&
      Add({}, bytes.substr(0, kSummedHeaderBytes), header.big_endian) == header.stored;
  return header;
}

// The header of a frame.
struct Frame {
  uint32_t page = 0;
  uint32_t commit_pages = 0;  // of the database after this commit; 0: no commit
  Salts salts;
  Sum stored;
};

struct Layout {
  uint32_t page_bytes = 0;
  bool big_endian = false;
  int64_t frames = 0;  // whole ones in the file

  int64_t frame_bytes() const { return int64_t{page_bytes} + int64_t{kWalFrameHeaderBytes}; }
  int64_t OffsetOf(int64_t frame) const {
    return frame == 0 ? 0 : int64_t{kWalHeaderBytes} + (frame - 1) * frame_bytes();
  }
};

Layout LayoutOf(int64_t file_bytes, uint32_t page_bytes, bool big_endian) {
  Layout layout{.page_bytes = page_bytes, .big_endian = big_endian};
  layout.frames = (file_bytes - int64_t{kWalHeaderBytes}) / layout.frame_bytes();
  return layout;
}

Frame FrameOf(std::string_view bytes) {
  return {.page = BigEndian32(bytes, 0),
          .commit_pages = BigEndian32(bytes, 4),
          .salts = {BigEndian32(bytes, 8), BigEndian32(bytes, 12)},
          .stored = {BigEndian32(bytes, 16), BigEndian32(bytes, 20)}};
}

Sum SumOf(Sum before, std::string_view bytes, bool big_endian) {
  return Add(Add(before, bytes.substr(0, kSummedFrameBytes), big_endian),
             bytes.substr(kWalFrameHeaderBytes), big_endian);
}

// Whether `next` is what SQLite writes behind a commit to fill up a sector: the commit's frame once
// more. It proves no later commit.
bool IsPadding(const Frame& commit, const Frame& next, bool same_content) {
  return same_content && next.page == commit.page && next.commit_pages == commit.commit_pages;
}

// The frames behind one that does not verify. Each is held against the frame before it: what that
// one has stored as its checksum, and what its checksum should be, because either may be damaged.
class Behind {
 public:
  // `before`: the sum that the first frame continues.
  Behind(Layout layout, std::optional<Salts> current, Sum before)
      : layout_(layout), current_(current), stored_(before), computed_(before) {}

  // `other`: what the first frame may continue instead.
  void OrContinues(Sum other) { computed_ = other; }

  void Take(std::string_view bytes) {
    const Frame frame = FrameOf(bytes);
    const size_t content = std::hash<std::string_view>()(bytes.substr(kWalFrameHeaderBytes));
    const Sum from_stored = SumOf(stored_, bytes, layout_.big_endian);
    const bool continues =
        from_stored == frame.stored || SumOf(computed_, bytes, layout_.big_endian) == frame.stored;
    const bool verifies = continues && frame.page != 0;
    if (verifies) {
      TakeContinuing(frame, content == content_);
    } else {
      behind_unsure_commit_ = false;
    }
    if (current_.has_value() && frame.salts == *current_) {
      commits_ += frame.commit_pages != 0 ? 1 : 0;
    }
    previous_ = frame;
    previous_verifies_ = verifies;
    content_ = content;
    stored_ = frame.stored;
    computed_ = from_stored;
  }

  bool later_commit() const { return later_commit_; }
  bool newer_generation() const { return newer_generation_; }
  int64_t commits() const { return newer_generation_ ? newer_commits_ : commits_; }

 private:
  bool IsNewer(const Salts& salts) const {
    if (!current_.has_value()) return true;
    const uint32_t ahead = salts.first - current_->first;
    return ahead >= 1 && ahead <= kNewerGenerationsMax;
  }

  void TakeContinuing(const Frame& frame, bool same_content) {
    const bool behind_commit = previous_.has_value() && previous_->commit_pages != 0;
    if (current_.has_value() && frame.salts == *current_) {
      if (behind_commit && !IsPadding(*previous_, frame, same_content)) {
        (previous_verifies_ ? later_commit_ : behind_unsure_commit_) = true;
      }
      if (behind_unsure_commit_ && frame.commit_pages != 0) later_commit_ = true;
    } else if (IsNewer(frame.salts)) {
      // The header is not theirs: without it, SQLite takes none of them. Those of other salts
      // behind them are older.
      if (!newer_salts_.has_value()) newer_salts_ = frame.salts;
      if (frame.salts != *newer_salts_) return;
      if (frame.commit_pages != 0 || behind_commit) newer_generation_ = true;
      newer_commits_ += frame.commit_pages != 0 ? 1 : 0;
    }
  }

  Layout layout_;
  std::optional<Salts> current_;  // none: the header does not say
  Sum stored_;                    // of the frame before
  Sum computed_;                  // what it should be
  std::optional<Frame> previous_;
  size_t content_ = 0;  // a hash of its page
  bool previous_verifies_ = false;
  // The frames since continue one that does not verify and has the mark of a commit. Where they end
  // a commit, it is one. Else they may be left from an attempt to commit that found the disk full,
  // and the mark is what a later attempt wrote of its own header there.
  bool behind_unsure_commit_ = false;
  bool later_commit_ = false;
  bool newer_generation_ = false;
  std::optional<Salts> newer_salts_;
  int64_t commits_ = 0;
  int64_t newer_commits_ = 0;
};

class Examination {
 public:
  Examination(int64_t file_bytes, const WalBytes& read) : file_bytes_(file_bytes), read_(read) {}

  absl::StatusOr<WalReport> Run() {
    if (file_bytes_ < int64_t{kWalHeaderBytes}) return report_;
    SAMPO_ASSIGN_OR_RETURN(const std::string_view bytes, read_(0, kWalHeaderBytes));
    const std::string header_bytes(bytes);
    const Header header = HeaderOf(header_bytes);
    if (header.verifies) {
      report_.page_bytes = header.page_bytes;
      report_.big_endian_sums = header.big_endian;
      SAMPO_RETURN_IF_ERROR(BehindHeader(header));
    } else {
      SAMPO_RETURN_IF_ERROR(WithoutHeader(header, header_bytes));
    }
    return report_;
  }

 private:
  absl::StatusOr<std::string_view> ReadFrame(const Layout& layout, int64_t frame) {
    return read_(layout.OffsetOf(frame), static_cast<size_t>(layout.frame_bytes()));
  }

  absl::Status BehindHeader(const Header& header) {
    const Layout layout = LayoutOf(file_bytes_, header.page_bytes, header.big_endian);
    Sum sum = header.stored;
    for (int64_t number = 1; number <= layout.frames; ++number) {
      SAMPO_ASSIGN_OR_RETURN(const std::string_view bytes, ReadFrame(layout, number));
      const Frame frame = FrameOf(bytes);
      const Sum next = SumOf(sum, bytes, layout.big_endian);
      if (frame.salts != header.salts || frame.page == 0 || next != frame.stored) {
        return BehindBadFrame(layout, header.salts, sum, number);
      }
      sum = next;
      report_.frames_whole = number;
      if (frame.commit_pages == 0) continue;
      report_.frames_committed = number;
      ++report_.commits;
    }
    if (report_.frames_whole > report_.frames_committed) {
      MarkBad(layout, report_.frames_whole + 1, WalState::kTornTail, 0);
    }
    return absl::OkStatus();
  }

  absl::Status BehindBadFrame(const Layout& layout, Salts salts, Sum before, int64_t first) {
    Behind behind(layout, salts, before);
    bool current_seen = report_.frames_whole > report_.frames_committed;
    for (int64_t number = first; number <= layout.frames; ++number) {
      SAMPO_ASSIGN_OR_RETURN(const std::string_view bytes, ReadFrame(layout, number));
      behind.Take(bytes);
      if (FrameOf(bytes).salts == salts) current_seen = true;
    }
    if (behind.newer_generation()) {
      MarkBad(layout, 0, WalState::kDamaged, behind.commits());
    } else if (behind.later_commit()) {
      MarkBad(layout, first, WalState::kDamaged, behind.commits());
    } else if (current_seen) {
      MarkBad(layout, first, WalState::kTornTail, behind.commits());
    }
    return absl::OkStatus();
  }

  // Nothing the header says is sure: each page size and byte order is tried, the likely one first.
  absl::Status WithoutHeader(const Header& header, std::string_view header_bytes) {
    std::vector<uint32_t> sizes;
    if (IsPageSize(header.page_bytes)) sizes.push_back(header.page_bytes);
    for (uint32_t size = kPageBytesMin; size <= kPageBytesMax; size *= 2) {
      if (size != header.page_bytes) sizes.push_back(size);
    }
    for (const uint32_t size : sizes) {
      for (const bool big_endian : {false, true}) {
        const Layout layout = LayoutOf(file_bytes_, size, big_endian);
        Behind behind(layout, std::nullopt, header.stored);
        behind.OrContinues(Add({}, header_bytes.substr(0, kSummedHeaderBytes), big_endian));
        for (int64_t number = 1; number <= layout.frames; ++number) {
          SAMPO_ASSIGN_OR_RETURN(const std::string_view bytes, ReadFrame(layout, number));
          behind.Take(bytes);
        }
        if (!behind.newer_generation()) continue;
        report_.page_bytes = size;
        report_.big_endian_sums = big_endian;
        MarkBad(layout, 0, WalState::kDamaged, behind.commits());
        return absl::OkStatus();
      }
    }
    return absl::OkStatus();
  }

  void MarkBad(const Layout& layout, int64_t frame, WalState state, int64_t commits) {
    report_.state = state;
    report_.bad_frame = frame;
    report_.bad_offset = layout.OffsetOf(frame);
    report_.commits_behind = commits;
  }

  const int64_t file_bytes_;
  const WalBytes& read_;
  WalReport report_;
};

}  // namespace

absl::StatusOr<WalReport> ExamineWal(int64_t file_bytes, const WalBytes& read) {
  return Examination(file_bytes, read).Run();
}

absl::StatusOr<bool> WalIsInDatabase(const WalReport& report, int64_t wal_bytes,
                                     const WalBytes& read_wal, int64_t database_bytes,
                                     const WalBytes& read_database) {
  const Layout layout = LayoutOf(wal_bytes, report.page_bytes, report.big_endian_sums);
  std::map<uint32_t, int64_t> newest;  // page -> offset of its newest frame's content
  std::vector<std::pair<uint32_t, int64_t>> uncommitted;
  Frame before;
  int64_t commits = 0;
  uint32_t pages = 0;
  for (int64_t number = 1; number <= layout.frames; ++number) {
    SAMPO_ASSIGN_OR_RETURN(
        const std::string_view bytes,
        read_wal(layout.OffsetOf(number), static_cast<size_t>(layout.frame_bytes())));
    const Frame frame = FrameOf(bytes);
    const bool continues = frame.salts == before.salts &&
                           SumOf(before.stored, bytes, layout.big_endian) == frame.stored;
    if (number > 1 && !continues) break;
    before = frame;
    uncommitted.emplace_back(frame.page, layout.OffsetOf(number) + int64_t{kWalFrameHeaderBytes});
    if (frame.commit_pages == 0) continue;
    for (const auto& [page, offset] : uncommitted) newest[page] = offset;
    uncommitted.clear();
    pages = frame.commit_pages;
    ++commits;
  }
  if (commits < report.commits_behind) return false;
  for (const auto& [page, offset] : newest) {
    if (page > pages) continue;  // the database has become shorter
    const int64_t at = (int64_t{page} - 1) * layout.page_bytes;
    if (page == 0 || at + layout.page_bytes > database_bytes) return false;
    SAMPO_ASSIGN_OR_RETURN(const std::string_view frame, read_wal(offset, layout.page_bytes));
    SAMPO_ASSIGN_OR_RETURN(const std::string_view there, read_database(at, layout.page_bytes));
    if (frame != there) return false;
  }
  return true;
}

std::string WalReportText(const WalReport& report) {
  if (report.state == WalState::kClean) return "";
  if (report.database_is_empty) {
    return StrCat("the database file is empty, and its WAL has ", report.commits, " commits");
  }
  const std::string place =
      report.bad_frame == 0 ? std::string("its header (byte 0)")
                            : StrCat("frame ", report.bad_frame, " (byte ", report.bad_offset, ")");
  if (report.state == WalState::kTornTail && report.bad_frame == 0) {
    return StrCat(place, " does not verify, and the database has all of its commits");
  }
  if (report.state == WalState::kTornTail) {
    return StrCat("a torn tail: ", place, " is the first behind ", report.commits,
                  " whole commits that does not verify");
  }
  return StrCat(place, " does not verify, and ", report.commits_behind,
                " commits end at or behind it; ", report.commits, " are whole before it");
}

}  // namespace sampo::persistence

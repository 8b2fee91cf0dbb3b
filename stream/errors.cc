// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/errors.h"

#include <exception>
#include <new>

#include "absl/status/statusor.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::stream {
namespace {
constexpr std::string_view kAbrupt = "stream: terminated abruptly: ";
}  // namespace

absl::Status AbruptTermination(std::string_view what) {
  return absl::CancelledError(StrCat(kAbrupt, what));
}

bool IsAbruptTermination(const absl::Status& status) {
  return absl::IsCancelled(status) && ToStd(status.message()).starts_with(kAbrupt);
}

absl::Status NoSuchElement(std::string_view operator_name) {
  return absl::NotFoundError(StrCat("stream ", operator_name, ": the stream was empty"));
}

absl::Status LimitReached(std::string_view operator_name, long long limit) {
  return absl::ResourceExhaustedError(
      StrCat("stream ", operator_name, ": more than the limit of ", limit));
}

absl::Status BufferOverflow(std::string_view operator_name, long long size) {
  return absl::ResourceExhaustedError(
      StrCat("stream ", operator_name, ": the buffer of ", size, " is full"));
}

absl::Status StatusOfCurrentException() {
  try {
    throw;
  } catch (const absl::BadStatusOrAccess& e) {
    return e.status();
  } catch (const std::bad_alloc& e) {
    return absl::ResourceExhaustedError(StrCat("std::bad_alloc: ", e.what()));
  } catch (const std::exception& e) {
    return absl::UnknownError(e.what());
  } catch (...) {
    return absl::UnknownError("an exception that is no std::exception");
  }
}

}  // namespace sampo::stream

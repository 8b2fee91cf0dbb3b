// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/request_context.h"

#include <atomic>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "sampo/actor/base/check.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/http/routing/sealed_route.h"

namespace sampo::http {
namespace internal {

class SharedRequest {
 public:
  SharedRequest(std::shared_ptr<const SealedRoute> sealed, HttpRequest request)
      : sealed_(std::move(sealed)), request_(std::move(request)) {}
  SharedRequest(const SharedRequest&) = delete;
  SharedRequest& operator=(const SharedRequest&) = delete;
  ~SharedRequest() { delete query_.load(); }

  const HttpRequest& request() const { return request_; }
  const std::shared_ptr<const SealedRoute>& sealed() const { return sealed_; }

  const absl::StatusOr<Query>& query() {
    const absl::StatusOr<Query>* query = query_.load();
    if (query != nullptr) return *query;
    auto parsed = std::make_unique<const absl::StatusOr<Query>>(request_.uri.query());
    // Of two threads that parse at once the first one's is kept.
    if (query_.compare_exchange_strong(query, parsed.get())) return *parsed.release();
    return *query;
  }

  // A strict body is checked here too, so that one bound holds for all.
  Future<Entity> StrictEntity(uint64_t bytes_max) {
    const Entity& entity = request_.entity;
    if (entity.IsStrict()) {
      if (entity.bytes().size() <= bytes_max) return Future<Entity>::Ready(entity);
      return Future<Entity>::Failed(absl::ResourceExhaustedError("the body is too long"));
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!strict_) {
      strict_bytes_max_ = bytes_max;
      strict_.emplace(
          ToStrict(entity, sealed_->system, bytes_max, sealed_->settings.content_timeout));
    }
    if (bytes_max >= strict_bytes_max_) return *strict_;
    // It was read under a larger limit than this alternative's.
    Future<Entity> read = *strict_;
    return std::move(read).FlatMap([bytes_max](Entity body) {
      if (body.bytes().size() <= bytes_max) return Future<Entity>::Ready(std::move(body));
      return Future<Entity>::Failed(absl::ResourceExhaustedError("the body is too long"));
    });
  }

  void DescendFrom(std::shared_ptr<SharedRequest> parent) { parent_ = std::move(parent); }
  void MarkBodyTooLong() {
    is_body_too_long_.store(true);
    if (parent_ != nullptr) parent_->MarkBodyTooLong();
  }
  bool is_body_too_long() const { return is_body_too_long_.load(); }

 private:
  const std::shared_ptr<const SealedRoute> sealed_;
  const HttpRequest request_;
  std::atomic<const absl::StatusOr<Query>*> query_{nullptr};
  std::mutex mutex_;
  std::optional<Future<Entity>> strict_;   // guarded by mutex_, as the next
  uint64_t strict_bytes_max_ = 0;          // the limit under which it was read
  std::shared_ptr<SharedRequest> parent_;  // the request that WithRequest replaced; or null
  std::atomic<bool> is_body_too_long_{false};
};

}  // namespace internal

RequestContext::RequestContext(std::shared_ptr<const internal::SealedRoute> sealed,
                               HttpRequest request)
    : path_end_(request.uri.path().size()), content_bytes_max_(sealed->settings.content_bytes_max) {
  shared_ = std::make_shared<internal::SharedRequest>(std::move(sealed), std::move(request));
}

const HttpRequest& RequestContext::request() const { return shared_->request(); }

std::string_view RequestContext::unmatched_path() const {
  return std::string_view(request().uri.path()).substr(path_offset_, path_end_ - path_offset_);
}

const absl::StatusOr<Query>& RequestContext::query() const { return shared_->query(); }
const internal::SealedRoute& RequestContext::sealed() const { return *shared_->sealed(); }
const RoutingSettings& RequestContext::settings() const { return sealed().settings; }
ActorSystemBase& RequestContext::system() const { return sealed().system; }
const Logger& RequestContext::log() const { return sealed().log; }

bool RequestContext::IsMethod(Method method) const {
  const Method ours = request().method;
  return ours == method ||
         (ours == Method::kHead && method == Method::kGet && settings().head_as_get);
}

Future<Entity> RequestContext::StrictEntity() const {
  return shared_->StrictEntity(content_bytes_max_);
}

void RequestContext::MarkBodyTooLong() const { shared_->MarkBodyTooLong(); }
bool RequestContext::is_body_too_long() const { return shared_->is_body_too_long(); }

RequestContext RequestContext::WithUnmatchedPath(size_t bytes_left) const {
  SAMPO_CHECK(bytes_left <= unmatched_path().size(), "WithUnmatchedPath: more than there was");
  RequestContext changed = *this;
  changed.path_offset_ = path_end_ - bytes_left;
  return changed;
}

RequestContext RequestContext::WithoutTrailingSlash() const {
  RequestContext changed = *this;
  if (unmatched_path().ends_with('/') && path_end_ > 1) --changed.path_end_;
  return changed;
}

RequestContext RequestContext::WithRequest(HttpRequest request) const {
  const bool same_path = request.uri.path() == shared_->request().uri.path();
  RequestContext changed(shared_->sealed(), std::move(request));
  if (same_path) {
    changed.path_offset_ = path_offset_;
    changed.path_end_ = path_end_;
  }
  changed.content_bytes_max_ = content_bytes_max_;
  changed.shared_->DescendFrom(shared_);
  return changed;
}

RequestContext RequestContext::WithContentBytesMax(uint64_t bytes_max) const {
  RequestContext changed = *this;
  changed.content_bytes_max_ = bytes_max;
  return changed;
}

}  // namespace sampo::http

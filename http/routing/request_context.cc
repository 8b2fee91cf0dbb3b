// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/request_context.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/check.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/http/routing/sealed_route.h"

namespace sampo::http {
namespace internal {

// What was made of the streams of a request's bodies, which can be read once: for the request and
// for those that WithRequest made of it.
class BodyReads {
 public:
  Future<Entity> Strict(const Entity& entity, uint64_t bytes_max, const SealedRoute& sealed) {
    const std::lock_guard<std::mutex> lock(mutex_);
    Read& read = Find(entity);
    if (!read.strict) {
      read.strict_bytes_max = bytes_max;
      read.strict.emplace(
          ToStrict(entity, sealed.system, bytes_max, sealed.settings.content_timeout));
    }
    if (bytes_max >= read.strict_bytes_max) return *read.strict;
    // It was read under a larger limit than this alternative's.
    Future<Entity> strict = *read.strict;
    return std::move(strict).FlatMap([bytes_max](Entity body) {
      if (body.bytes().size() <= bytes_max) return Future<Entity>::Ready(std::move(body));
      return Future<Entity>::Failed(absl::ResourceExhaustedError("the body is too long"));
    });
  }
  Entity MadeOnce(const Entity& entity, const std::function<Entity()>& make) {
    if (entity.IsStrict()) return make();  // it can be read again
    const std::lock_guard<std::mutex> lock(mutex_);
    Read& read = Find(entity);
    if (!read.made) read.made.emplace(make());
    return *read.made;
  }
  const std::shared_ptr<std::atomic<bool>>& is_too_long() const { return is_too_long_; }

 private:
  struct Read {
    std::shared_ptr<EntityStream> stream;
    std::optional<Future<Entity>> strict = {};
    uint64_t strict_bytes_max = 0;  // the limit under which it was read
    std::optional<Entity> made = {};
  };
  Read& Find(const Entity& entity) {
    for (Read& read : reads_) {
      if (read.stream == entity.stream()) return read;
    }
    return reads_.emplace_back(Read{.stream = entity.stream()});
  }

  std::mutex mutex_;
  std::vector<Read> reads_;  // one for each directive that makes a body, at most
  const std::shared_ptr<std::atomic<bool>> is_too_long_ = std::make_shared<std::atomic<bool>>();
};

class SharedRequest {
 public:
  SharedRequest(std::shared_ptr<const SealedRoute> sealed, HttpRequest request,
                std::shared_ptr<BodyReads> reads)
      : sealed_(std::move(sealed)), request_(std::move(request)), reads_(std::move(reads)) {}
  SharedRequest(const SharedRequest&) = delete;
  SharedRequest& operator=(const SharedRequest&) = delete;
  ~SharedRequest() { delete query_.load(); }

  const HttpRequest& request() const { return request_; }
  const std::shared_ptr<const SealedRoute>& sealed() const { return sealed_; }
  const std::shared_ptr<BodyReads>& reads() const { return reads_; }

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
    if (!entity.IsStrict()) return reads_->Strict(entity, bytes_max, *sealed_);
    if (entity.bytes().size() <= bytes_max) return Future<Entity>::Ready(entity);
    return Future<Entity>::Failed(absl::ResourceExhaustedError("the body is too long"));
  }

 private:
  const std::shared_ptr<const SealedRoute> sealed_;
  const HttpRequest request_;
  const std::shared_ptr<BodyReads> reads_;
  std::atomic<const absl::StatusOr<Query>*> query_{nullptr};
};

}  // namespace internal

RequestContext::RequestContext(std::shared_ptr<const internal::SealedRoute> sealed,
                               HttpRequest request)
    : path_end_(request.uri.path().size()), content_bytes_max_(sealed->settings.content_bytes_max) {
  shared_ = std::make_shared<internal::SharedRequest>(std::move(sealed), std::move(request),
                                                      std::make_shared<internal::BodyReads>());
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

internal::BodyLimit RequestContext::body_limit() const {
  return {.bytes_max = content_bytes_max_, .is_exceeded = shared_->reads()->is_too_long()};
}
bool RequestContext::is_body_too_long() const { return shared_->reads()->is_too_long()->load(); }

Entity RequestContext::EntityMadeOnce(const std::function<Entity()>& make) const {
  return shared_->reads()->MadeOnce(request().entity, make);
}

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
  RequestContext changed = *this;
  if (request.uri.path() != shared_->request().uri.path()) {
    changed.path_offset_ = 0;
    changed.path_end_ = request.uri.path().size();
  }
  changed.shared_ = std::make_shared<internal::SharedRequest>(shared_->sealed(), std::move(request),
                                                              shared_->reads());
  return changed;
}

RequestContext RequestContext::WithContentBytesMax(uint64_t bytes_max) const {
  RequestContext changed = *this;
  changed.content_bytes_max_ = bytes_max;
  return changed;
}

}  // namespace sampo::http

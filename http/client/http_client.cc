// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/client/http_client.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/extension.h"
#include "sampo/http/internal/client_core.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/stream/io/compression.h"
#include "sampo/stream/stream.h"

namespace sampo::http {
namespace {

// What of a body StatusOfResponse quotes.
constexpr size_t kQuotedBytesMax = 200;

// Its body decoded, where it is gzip and we asked for that.
HttpResponse Decoded(HttpResponse response) {
  const std::optional<std::string_view> coding = response.headers.Get("Content-Encoding");
  if (!coding || !EqualsIgnoreCase(*coding, "gzip") || response.entity.IsEmpty()) return response;
  response.headers.Remove("Content-Encoding");
  response.headers.Remove("Content-Length");
  response.entity =
      StreamedEntity(response.entity.content_type(),
                     DataBytes(response.entity).Via(stream::Compression::GzipDecompress()));
  return response;
}

}  // namespace

class HttpClient::Impl {
 public:
  Impl(ActorSystemBase& system, ClientSettings settings)
      : system_(system), settings_(settings), core_(internal::ClientCore::Make(system, settings)) {}
  ~Impl() { core_->Release(); }

  Future<HttpResponse> Send(HttpRequest request, bool is_read_at_once) const {
    if (!settings_.decode_gzip || request.headers.Has("Accept-Encoding")) {
      return core_->Send(std::move(request), is_read_at_once);
    }
    request.headers.AddUnchecked("Accept-Encoding", "gzip");
    return core_->Send(std::move(request), is_read_at_once).Map([](HttpResponse response) {
      return Decoded(std::move(response));
    });
  }

  ActorSystemBase& system() const { return system_; }
  const ClientSettings& settings() const { return settings_; }
  internal::ClientCore& core() const { return *core_; }

 private:
  ActorSystemBase& system_;
  const ClientSettings settings_;
  const std::shared_ptr<internal::ClientCore> core_;
};

namespace {

// The system's own client.
class DefaultClient final : public Extension {
 public:
  explicit DefaultClient(ActorSystemBase& system) : client_(system) {}
  const HttpClient& client() const { return client_; }

 private:
  const HttpClient client_;
};

}  // namespace

HttpClient HttpClient::Of(ActorSystemBase& system) {
  return GetExtension<DefaultClient>(system).client();
}

HttpClient::HttpClient(ActorSystemBase& system, ClientSettings settings)
    : impl_(std::make_shared<Impl>(system, std::move(settings))) {}

Future<HttpResponse> HttpClient::Send(HttpRequest request) const {
  return impl_->Send(std::move(request), false);
}

Future<HttpResponse> HttpClient::SendStrict(HttpRequest request) const {
  const int64_t begin = impl_->system().clock().NowNanos();
  return impl_->Send(std::move(request), true)
      .FlatMap([impl = impl_, begin](HttpResponse response) -> Future<HttpResponse> {
        if (response.entity.IsStrict()) return Future<HttpResponse>::Ready(std::move(response));
        const absl::Duration spent = absl::Nanoseconds(impl->system().clock().NowNanos() - begin);
        const absl::Duration left = impl->settings().request_timeout - spent;
        Entity entity = std::exchange(response.entity, Entity());
        return ToStrict(entity, impl->system(), impl->settings().strict_body_bytes_max,
                        std::max(left, absl::ZeroDuration()))
            .Map([response = std::move(response)](Entity strict) mutable {
              response.entity = std::move(strict);
              return std::move(response);
            });
      });
}

Future<HttpResponse> HttpClient::SendTo(Method method, std::string_view url, Entity entity,
                                        Headers headers) const {
  absl::StatusOr<Uri> uri = Uri::Parse(url);
  if (!uri.ok()) return Future<HttpResponse>::Failed(uri.status());
  return SendStrict(HttpRequest{.method = method,
                                .uri = *std::move(uri),
                                .headers = std::move(headers),
                                .entity = std::move(entity)});
}

Future<HttpResponse> HttpClient::Get(std::string_view url, Headers headers) const {
  return SendTo(Method::kGet, url, Entity(), std::move(headers));
}
Future<HttpResponse> HttpClient::Delete(std::string_view url, Headers headers) const {
  return SendTo(Method::kDelete, url, Entity(), std::move(headers));
}
Future<HttpResponse> HttpClient::Post(std::string_view url, Entity entity, Headers headers) const {
  return SendTo(Method::kPost, url, std::move(entity), std::move(headers));
}
Future<HttpResponse> HttpClient::Put(std::string_view url, Entity entity, Headers headers) const {
  return SendTo(Method::kPut, url, std::move(entity), std::move(headers));
}

Future<void> HttpClient::Shutdown() const { return impl_->core().Shutdown(); }

absl::Status StatusOfResponse(const HttpResponse& response) {
  const absl::StatusCode code = AbslCodeOf(response.status);
  if (code == absl::StatusCode::kOk) return absl::OkStatus();
  std::string text =
      StrCat("the server answered ", ToNumber(response.status), " ", Reason(response.status));
  if (response.entity.IsStrict() && !response.entity.IsEmpty()) {
    text.append(StrCat(": ", response.entity.bytes().view().substr(0, kQuotedBytesMax)));
  }
  return absl::Status(code, text);
}

}  // namespace sampo::http

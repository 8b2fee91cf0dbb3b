// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/basic_directives.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/routing/entity_directives.h"
#include "sampo/http/routing/field_text.h"

namespace sampo::http {
namespace {

// `change` of the answer's response, now or later.
template <class F>
Route OnResponse(F change, Route inner) {
  auto shared = std::make_shared<const F>(std::move(change));
  return Route([shared, inner = std::move(inner)](const RequestContext& context) {
    return inner(context).Then([shared](RouteResult result) {
      if (!result.IsComplete()) return RouteAnswer(std::move(result));
      return RouteAnswer((*shared)(std::move(result.response())));
    });
  });
}

// The inner route's answer; an exception is a failure. `thrown` is set then.
RouteAnswer RunCatching(const Route& inner, const RequestContext& context,
                        std::exception_ptr& thrown) {
  try {
    return inner(context);
  } catch (...) {
    thrown = std::current_exception();
    return RouteAnswer::Failed(sampo::internal::StatusOfUserException("a route"));
  }
}

// `answer`; `log` is told of its end, now or later.
template <class Log>
RouteAnswer LoggedAnswer(RouteAnswer answer, Log log) {
  if (!answer.IsReady()) {
    answer = std::move(answer).future().Recover(
        [log](absl::Status status) -> absl::StatusOr<RouteResult> {
          log(status.ToString());
          return status;
        });
  }
  return std::move(answer).Then([log](RouteResult result) {
    log(result.IsComplete() ? StrCat(ToNumber(result.response().status))
                            : StrCat(result.rejections().list().size(), " rejections"));
    return RouteAnswer(std::move(result));
  });
}

bool IsCookieValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
  });
}
// A path or a domain: no end of the attribute in it.
bool IsCookieAttribute(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f && c != ';'; });
}

}  // namespace

std::string HostOf(const HttpRequest& request) {
  if (!request.uri.host().empty()) return request.uri.host();
  std::string host = AsciiLower(TrimBlanks(request.headers.Get("Host").value_or("")));
  const size_t bracket = host.rfind(']');
  const size_t colon = host.rfind(':');
  if (colon != std::string::npos && (bracket == std::string::npos || bracket < colon)) {
    host.resize(colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host;
}

Route Host(std::string host, Route inner) {
  return Route([host = AsciiLower(host), inner = std::move(inner)](const RequestContext& context) {
    return HostOf(context.request()) == host ? inner(context) : RouteAnswer(Rejections());
  });
}

Route MapRequest(std::function<HttpRequest(HttpRequest)> map, Route inner) {
  return Route([map = std::move(map), inner = std::move(inner)](const RequestContext& context) {
    return inner(context.WithRequest(map(context.request())));
  });
}

Route WithSizeLimit(uint64_t content_bytes_max, Route inner) {
  return Route([content_bytes_max, inner = std::move(inner)](const RequestContext& context) {
    const RequestContext inside = context.WithContentBytesMax(content_bytes_max);
    const uint64_t length = context.request().entity.length().value_or(0);
    if (length > content_bytes_max) return RouteAnswer(internal::TooLong(inside, length));
    return inner(inside);
  });
}

Route Validate(std::function<bool(const RequestContext&)> check, std::string message, Route inner) {
  return Route([check = std::move(check), message = std::move(message),
                inner = std::move(inner)](const RequestContext& context) {
    if (check(context)) return inner(context);
    return RouteAnswer(Rejection{.kind = RejectionKind::kValidation, .place = message});
  });
}

Route MapResponse(std::function<HttpResponse(HttpResponse)> map, Route inner) {
  return OnResponse(std::move(map), std::move(inner));
}

Route MapRejections(std::function<Rejections(Rejections)> map, Route inner) {
  return Route([map = std::move(map), inner = std::move(inner)](const RequestContext& context) {
    return inner(context).Then([map](RouteResult result) {
      if (result.IsComplete()) return RouteAnswer(std::move(result));
      return RouteAnswer(map(std::move(result.rejections())));
    });
  });
}

Route CancelRejections(std::initializer_list<RejectionKind> kinds, Route inner) {
  return MapRejections(
      [all = std::vector<RejectionKind>(kinds)](Rejections rejections) {
        for (RejectionKind kind : all) rejections.Cancel({kind});
        return rejections;
      },
      std::move(inner));
}

Route RespondWithHeader(std::string name, std::string value, Route inner) {
  Headers headers;
  absl::Status added = headers.Add(name, value);
  if (!added.ok()) return FailWith(absl::InternalError(added.message()));
  return RespondWithHeaders(std::move(headers), std::move(inner));
}

Route RespondWithHeaders(Headers headers, Route inner) {
  return OnResponse(
      [headers = std::move(headers)](HttpResponse response) {
        for (const Header& header : headers) {
          response.headers.AddUnchecked(header.name, header.value);
        }
        return response;
      },
      std::move(inner));
}

Route RespondWithDefaultHeader(std::string name, std::string value, Route inner) {
  Headers one;
  absl::Status added = one.Add(name, value);
  if (!added.ok()) return FailWith(absl::InternalError(added.message()));
  return OnResponse(
      [one = std::move(one)](HttpResponse response) {
        const Header& header = *one.begin();
        if (!response.headers.Has(header.name)) {
          response.headers.AddUnchecked(header.name, header.value);
        }
        return response;
      },
      std::move(inner));
}

absl::StatusOr<std::string> SetCookieText(const SetCookieOptions& cookie) {
  if (!IsFieldName(cookie.name) || !IsCookieValue(cookie.value) ||
      !IsCookieAttribute(cookie.path) || !IsCookieAttribute(cookie.domain) ||
      !IsCookieAttribute(cookie.same_site)) {
    return absl::InvalidArgumentError(
        StrCat("cookie ", Shortened(cookie.name),
               ": its name, value, path or domain has "
               "characters that may not be there; percent-encode the value"));
  }
  std::string text = StrCat(cookie.name, "=", cookie.value);
  if (!cookie.path.empty()) text += StrCat("; Path=", cookie.path);
  if (!cookie.domain.empty()) text += StrCat("; Domain=", cookie.domain);
  if (cookie.max_age) text += StrCat("; Max-Age=", absl::ToInt64Seconds(*cookie.max_age));
  if (cookie.secure) text += "; Secure";
  if (cookie.http_only) text += "; HttpOnly";
  if (!cookie.same_site.empty()) text += StrCat("; SameSite=", cookie.same_site);
  return text;
}

Route SetCookie(SetCookieOptions cookie, Route inner) {
  absl::StatusOr<std::string> text = SetCookieText(cookie);
  if (!text.ok()) return FailWith(absl::InternalError(text.status().message()));
  return RespondWithHeader("Set-Cookie", *std::move(text), std::move(inner));
}

Route DeleteCookie(std::string name, Route inner, std::string path, std::string domain) {
  return SetCookie({.name = std::move(name),
                    .value = "deleted",
                    .path = std::move(path),
                    .domain = std::move(domain),
                    .max_age = absl::ZeroDuration()},
                   std::move(inner));
}

Route HandleRejections(RejectionHandler handler, Route inner) {
  return Route(
      [handler = std::move(handler), inner = std::move(inner)](const RequestContext& context) {
        return inner(context).Then([handler, context](RouteResult result) {
          if (result.IsComplete()) return RouteAnswer(std::move(result));
          std::optional<HttpResponse> response = handler(result.rejections(), context);
          return response ? RouteAnswer(*std::move(response)) : RouteAnswer(std::move(result));
        });
      });
}

Route HandleRejections(Route inner) {
  return HandleRejections(
      [](const Rejections& rejections, const RequestContext& context) {
        return std::optional(RejectionResponse(rejections, context));
      },
      std::move(inner));
}

Route HandleExceptions(ExceptionHandler handler, Route inner) {
  return Route(
      [handler = std::move(handler), inner = std::move(inner)](const RequestContext& context) {
        std::exception_ptr thrown;
        RouteAnswer answer = RunCatching(inner, context, thrown);
        if (answer.IsReady()) return answer;
        return RouteAnswer(std::move(answer).future().Recover(
            [handler, context, thrown](absl::Status status) -> absl::StatusOr<RouteResult> {
              std::optional<HttpResponse> response = handler({status, thrown}, context);
              if (response) return RouteResult(*std::move(response));
              return status;
            }));
      });
}

Route LogRequestResult(std::string label, Route inner) {
  return Route([label = std::move(label), inner = std::move(inner)](const RequestContext& context) {
    const int64_t begin = context.system().clock().NowNanos();
    const auto log = [label, context, begin](std::string_view what) {
      const HttpRequest& request = context.request();
      context.log().Info(
          label, ": ", http::ToString(request.method), " ", Shortened(request.uri.path(), 200),
          " -> ", what, " in ",
          absl::FormatDuration(absl::Nanoseconds(context.system().clock().NowNanos() - begin)),
          request.request_id.empty() ? "" : ", request ", request.request_id);
    };
    try {
      return LoggedAnswer(inner(context), log);
    } catch (...) {
      log(sampo::internal::StatusOfUserException("a route").ToString());
      throw;  // to who handles it
    }
  });
}

}  // namespace sampo::http

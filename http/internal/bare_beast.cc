// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// bare_beast THREADS: Boost.Beast alone, as its own examples have it, with the routes of
// //tools/bench:http_server: the floor that the server is measured against.
//
// One io_context a thread, a connection stays on one, nothing is limited and nothing is timed.
// Prints "port N"; ends when stdin is closed.
#include <unistd.h>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::string_view kJsonPath = "/json/";

class Session final : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket socket) : socket_(std::move(socket)) {}

  void Read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_,
                     [self = shared_from_this()](const error_code& error, size_t) {
                       if (!error) self->Answer();
                     });
  }

 private:
  void Answer() {
    const std::string_view target(request_.target().data(), request_.target().size());
    response_ = {};
    response_.version(request_.version());
    response_.keep_alive(request_.keep_alive());
    response_.set(http::field::server, "beast");
    int64_t number = 0;
    if (request_.method() != http::verb::get) {
      response_.result(http::status::method_not_allowed);
    } else if (target == "/hello") {
      response_.set(http::field::content_type, "text/plain; charset=utf-8");
      response_.body() = "Hello, World!";
    } else if (target.substr(0, kJsonPath.size()) == kJsonPath &&
               std::from_chars(target.data() + kJsonPath.size(), target.data() + target.size(),
                               number)
                       .ptr == target.data() + target.size()) {
      response_.set(http::field::content_type, "application/json");
      response_.body() =
          "{\"id\":" + std::to_string(number) + ",\"name\":\"airport\",\"delay\":12.5}";
    } else {
      response_.result(http::status::not_found);
    }
    response_.prepare_payload();
    http::async_write(socket_, response_,
                      [self = shared_from_this()](const error_code& error, size_t) {
                        if (!error && self->request_.keep_alive()) self->Read();
                      });
  }

  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

class Server {
 public:
  explicit Server(int threads) {
    for (int at = 0; at < threads; ++at) contexts_.push_back(std::make_unique<asio::io_context>(1));
    acceptor_.emplace(*contexts_[0], tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    std::printf("port %d\n", acceptor_->local_endpoint().port());
    std::fflush(stdout);
    Accept();
    for (auto& context : contexts_) {
      works_.emplace_back(context->get_executor());
      threads_.emplace_back([&context = *context] { context.run(); });
    }
  }
  void Stop() {
    for (auto& context : contexts_) context->stop();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Accept() {
    asio::io_context& context = *contexts_[next_++ % contexts_.size()];
    acceptor_->async_accept(context, [this, &context](const error_code& error, tcp::socket socket) {
      if (error) return Accept();
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      auto session = std::make_shared<Session>(std::move(socket));
      asio::dispatch(context, [session] { session->Read(); });
      Accept();
    });
  }

  std::vector<std::unique_ptr<asio::io_context>> contexts_;
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> works_;
  std::optional<tcp::acceptor> acceptor_;
  std::vector<std::thread> threads_;
  size_t next_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 0;
  if (threads < 1) {
    std::fputs("usage: bare_beast THREADS\n", stderr);
    return 2;
  }
  Server server(threads);
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  server.Stop();
  return 0;
}

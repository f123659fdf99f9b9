#include "actors/control.hpp"

#include "actors/control_request.hpp"
#include "actors/pinned.hpp"
#include "actors/reactor_asio_context.hpp"
#include "actors/status_json.hpp"

#include <asio/local/stream_protocol.hpp>
#include <asio/write.hpp>
#include <nlohmann/json.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

namespace troupe::actors {
namespace {

using local = asio::local::stream_protocol;

// Whoever listens on that path, or 0; -1 if somebody does and cannot be named.
long owner_of(asio::io_context& io, const std::string& path) {
  local::socket probe{io};
  std::error_code failed;
  if (probe.connect(local::endpoint{path}, failed); failed) return 0;
  ucred who{};
  socklen_t size = sizeof who;
  return getsockopt(probe.native_handle(), SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 ? who.pid : -1;
}

bool is_socket(const std::string& path) {
  struct stat s {};
  return lstat(path.c_str(), &s) == 0 && S_ISSOCK(s.st_mode);
}

struct client {
  client(std::uint64_t n, local::socket s) : number(n), socket(std::move(s)) {}

  std::uint64_t number;
  local::socket socket;
  std::array<char, 4096> piece{};
  std::string unread;
  std::string answer;  // the one under way: the next request is read when it is out
  timer_id limit;
};
using client_ptr = std::shared_ptr<client>;

class control {
 public:
  using handle_type = control_actor;
  using pointer = pinned<handle_type::base>*;
  static constexpr const char* name = "control";

  control(pointer self, supervisor_actor supervisor, event_sink* events, control_limits limits)
      : self_(self), supervisor_(std::move(supervisor)), events_(*events), limits_(limits) {}
  ~control() { close(); }
  control(const control&) = delete;
  control& operator=(const control&) = delete;

  handle_type::behavior_type make_behavior() {
    return {[this](const listen& l) { return open(l.host); }, [this](stop_listening) { close(); }};
  }

 private:
  // ---------------------------------------------------------------- small words

  // A callback of I/O as a turn of this actor; an error lets the client go.
  template <class F>
  auto on_io(const client_ptr& c, F then) {
    return [keep = self_->keep_alive(), self = self_, this, c, then](const std::error_code& failed, std::size_t bytes) {
      self->enter([&] {
        if (!clients_.contains(c->number)) return;
        if (failed) return let_go(c);
        then(bytes);
      });
    };
  }
  template <class F>
  auto entering(F what) {
    return [keep = self_->keep_alive(), self = self_, what] { self->enter(what); };
  }
  void wait_at_most(const client_ptr& c) {
    home().cancel_timer(c->limit);
    c->limit = home().start_timer(now() + limits_.idle, entering([this, c] { let_go(c); }));
  }
  [[nodiscard]] reactor& home() const { return *self_->home_reactor(); }
  [[nodiscard]] steady_time now() const { return home().now().steady; }
  [[nodiscard]] asio::io_context& io() const { return io_context_of(home()); }

  // ---------------------------------------------------------------- the socket

  listening open(const std::string& path) {
    auto error = try_to_open(path);
    if (!error.empty()) events_.record(severity::warning, "control-failed", {}, error);
    return {0, std::move(error)};
  }

  std::string try_to_open(const std::string& path) {
    constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
    if (path.size() > longest) return path + ": the path of a control socket has at most " + std::to_string(longest) + " bytes. Set a shorter ControlSocket.";
    if (is_socket(path)) {
      if (const long pid = owner_of(io(), path); pid != 0) return path + ": process " + std::to_string(pid) + " listens here. Stop it, or set another ControlSocket.";
      ::unlink(path.c_str());
    }
    std::error_code failed;
    acceptor_.emplace(io());
    acceptor_->open(local{}, failed);
    if (!failed) acceptor_->bind(local::endpoint{path}, failed);
    const bool is_bound = !failed;
    if (!failed && ::chmod(path.c_str(), 0600) != 0) failed.assign(errno, std::generic_category());
    if (!failed) acceptor_->listen(16, failed);
    if (!failed) {
      path_ = path;
      accept();
      return {};
    }
    acceptor_.reset();
    if (is_bound) ::unlink(path.c_str());
    return path + ": " + failed.message() + ". Set a ControlSocket in a folder that can be written.";
  }

  void close() {
    while (!clients_.empty()) let_go(client_ptr{clients_.begin()->second});
    if (!acceptor_) return;
    acceptor_.reset();
    ::unlink(path_.c_str());
  }

  void accept() {
    acceptor_->async_accept([keep = self_->keep_alive(), self = self_, this](const std::error_code& failed, local::socket s) {
      self->enter([&] {
        if (!acceptor_) return;
        if (!failed) let_in(std::move(s));
        if (failed && failed != asio::error::connection_aborted) return pause_accepting();
        accept();
      });
    });
  }

  void pause_accepting() {
    home().start_timer(now() + std::chrono::seconds{1}, entering([this] {
                         if (acceptor_) accept();
                       }));
  }

  // ---------------------------------------------------------------- clients

  void let_in(local::socket s) {
    if (clients_.size() >= limits_.clients) return;  // closed
    auto c = std::make_shared<client>(++last_client_, std::move(s));
    clients_[c->number] = c;
    read(c);
  }

  void read(const client_ptr& c) {
    wait_at_most(c);
    c->socket.async_read_some(asio::buffer(c->piece), on_io(c, [this, c](std::size_t bytes) {
                                c->unread.append(c->piece.data(), bytes);
                                answer_next(c);
                              }));
  }

  void answer_next(const client_ptr& c) {
    const auto end = c->unread.find('\n');
    if (end != std::string::npos) {
      const std::string line = c->unread.substr(0, end);
      c->unread.erase(0, end + 1);
      return answer(c, line);
    }
    if (c->unread.size() <= limits_.request_bytes) return read(c);
    c->unread.clear();
    c->answer = answer_line(false, "a request has at most " + std::to_string(limits_.request_bytes) + " bytes and ends with a line end");
    write(c, [this, c] { let_go(c); });
  }

  void answer(const client_ptr& c, const std::string& line) {
    home().cancel_timer(c->limit);  // what follows takes our time, not the client's
    const auto request = read_request(line);
    if (const auto* wrong = std::get_if<wrong_request>(&request)) return reply(c, answer_line(false, wrong->text));
    const auto* wanted = std::get_if<wanted_command>(&request);
    self_->request(supervisor_, caf::infinite, status_of_all{})
        .then(
            [this, c, wanted = wanted ? *wanted : wanted_command{}](const engine_status& s) {
              if (wanted.session.empty()) reply(c, status_line(s));
              else carry_out(c, wanted, s);
            },
            [this, c](const caf::error& e) { reply(c, answer_line(false, reason_text(e))); });
  }

  std::string status_line(const engine_status& s) const {
    nlohmann::ordered_json j{{"done", true}, {"pid", ::getpid()}};
    j.update(to_json(s, now()));
    return j.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
  }

  void carry_out(const client_ptr& c, const wanted_command& wanted, const engine_status& s) {
    std::vector<session_id> known;
    for (const auto& g : s.sessions) known.push_back(g.id);
    const auto found = find_session(wanted.session, known);
    if (const auto* wrong = std::get_if<wrong_request>(&found)) return reply(c, answer_line(false, wrong->text));
    self_->request(supervisor_, caf::infinite, command_to{std::get<session_id>(found), wanted.what})
        .then([this, c](const command_result& r) { reply(c, answer_line(r.is_done, r.text)); },
              [this, c](const caf::error& e) { reply(c, answer_line(false, reason_text(e))); });
  }

  void reply(const client_ptr& c, std::string line) {
    if (!clients_.contains(c->number)) return;
    c->answer = std::move(line);
    write(c, [this, c] { answer_next(c); });
  }

  template <class F>
  void write(const client_ptr& c, F then) {
    wait_at_most(c);
    asio::async_write(c->socket, asio::buffer(c->answer), on_io(c, [then](std::size_t) { then(); }));
  }

  void let_go(const client_ptr& c) {
    home().cancel_timer(c->limit);
    clients_.erase(c->number);
    std::error_code ignored;
    c->socket.close(ignored);
  }

  pointer self_;
  supervisor_actor supervisor_;
  event_sink& events_;
  control_limits limits_;
  std::optional<local::acceptor> acceptor_;
  std::string path_;
  std::map<std::uint64_t, client_ptr> clients_;
  std::uint64_t last_client_ = 0;
};

}  // namespace

control_actor spawn_control(reactor& home, supervisor_actor supervisor, event_sink& events, control_limits limits) {
  return home.spawn<control>(std::move(supervisor), &events, limits);
}

}  // namespace troupe::actors

// The control socket as a client meets it: a real Unix socket, and a supervisor that answers what the test says.
#include "test/actors/actor_world.hpp"
#include "test/actors/group_probe.hpp"

#include "actors/control.hpp"
#include "actors/control_request.hpp"
#include "actors/pinned.hpp"
#include "actors/reactor_asio.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr int patience_ms = 20'000;

const session_id known{"FIX.4.2", "US", "THEM", ""};

group_status trading() {
  group_status g;
  g.id = known;
  g.role = protocol::role::initiator;
  g.group = group_state::Running;
  g.session.state = protocol::session_state::Active;
  g.session.next_sender = seq_num{7};
  g.session.expected_target = seq_num{9};
  g.session.handled_target = seq_num{8};
  g.peer = "127.0.0.1:9878";
  g.messages_in = 8;
  g.messages_out = 6;
  g.restarts = 1;
  g.connects = 2;
  return g;
}

// Answers as it is told to; notes what it was asked.
struct told {
  std::mutex mutex;
  engine_status status{{trading()}, {{9878, {}}}, {}};
  command_result result{true, "connecting"};
  parked_list parked;
  bool is_silent = false;
  std::vector<std::string> commands;
  std::atomic<int> asked = 0;

  std::vector<std::string> heard() {
    const std::lock_guard lock{mutex};
    return commands;
  }
};

class supervisor_probe {
 public:
  using handle_type = supervisor_actor;
  using pointer = pinned<supervisor_actor::base>*;
  supervisor_probe(pointer self, told* t) : self_(self), told_(*t) {}

  supervisor_actor::behavior_type make_behavior() {
    return {[](const actors::start&) { return started{}; },
            [this](const actors::stop& s) {
              note("stop within " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(s.within).count()));
              return stopped{2, {}};
            },
            [this](const command_to& c) {
              note(to_string(c.id) + ' ' + std::string{to_string(c.what.what)} + ' ' + (c.what.token ? std::to_string(c.what.token->value) : c.what.text));
              return told_.result;
            },
            [this](const status_of_all&) { return answer(); },
            [this](const group_changed&) {  // what was kept back is answered now
              for (auto& p : silent_) p.deliver(told_.status);
            },
            [](const make_session&) { return session_made{}; },
            [this](const list_parked_of& l) {
              note(to_string(l.id) + " list behind " + std::to_string(l.what.after));
              return told_.parked;
            }};
  }

 private:
  void note(std::string line) {
    const std::lock_guard lock{told_.mutex};
    told_.commands.push_back(std::move(line));
  }
  caf::result<engine_status> answer() {
    ++told_.asked;
    auto promise = self_->make_response_promise<engine_status>();
    if (told_.is_silent) silent_.push_back(promise);
    else promise.deliver(told_.status);
    return promise;
  }

  pointer self_;
  told& told_;
  std::vector<caf::typed_response_promise<engine_status>> silent_;
};

// A blocking client with a generous limit.
class client {
 public:
  explicit client(const std::filesystem::path& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    path.string().copy(where.sun_path, sizeof where.sun_path - 1);
    is_connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0;
  }
  ~client() { ::close(socket_); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  [[nodiscard]] bool is_connected() const { return is_connected_; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  // The other end is closed, whatever there may be left to read.
  [[nodiscard]] bool is_cut() const {
    pollfd p{socket_, 0, 0};
    return ::poll(&p, 1, patience_ms) == 1 && (p.revents & POLLHUP) != 0;
  }
  void finish() { ::shutdown(socket_, SHUT_WR); }
  // One line without its end; "closed" at the end, "silent" if nothing comes.
  std::string line() {
    for (;;) {
      if (const auto end = in_.find('\n'); end != std::string::npos) {
        auto text = in_.substr(0, end);
        in_.erase(0, end + 1);
        return text;
      }
      pollfd p{socket_, POLLIN, 0};
      if (::poll(&p, 1, patience_ms) <= 0) return "silent";
      char some[4096];
      const auto n = ::recv(socket_, some, sizeof some, 0);
      if (n <= 0) return "closed";
      in_.append(some, static_cast<std::size_t>(n));
    }
  }
  json ask(const std::string& request) {
    send(request + '\n');
    return json::parse(line(), nullptr, false);
  }

 private:
  int socket_;
  bool is_connected_ = false;
  std::string in_;
};

struct control_world {
  control_world() {
    std::string made = std::filesystem::temp_directory_path() / "troupe-control-XXXXXX";
    folder = ::mkdtemp(made.data());
    path = folder / "x.sock";
    io.start();
    supervisor = io.spawn<supervisor_probe>(&told_);
  }
  ~control_world() {
    end(control);
    end(supervisor);
    system.await_all_actors_done();
    io.stop();
    io.join();
    std::filesystem::remove_all(folder);
  }
  template <class Handle>
  void end(Handle& h) {
    if (h) caf::anon_send_exit(h, caf::exit_reason::user_shutdown);
    h = Handle{};
  }
  std::string open(control_limits limits = {}) {
    control = spawn_control(io, supervisor, events, limits, [this] { has_stopped.set_value(); });
    return listen_at(control, path);
  }
  [[nodiscard]] std::string error_of(const std::filesystem::path& at) {
    auto another = spawn_control(io, supervisor, events);
    auto error = listen_at(another, at);
    end(another);
    return error;
  }
  std::string listen_at(const control_actor& c, const std::filesystem::path& at) {
    caf::scoped_actor self{system};
    std::string error = "no answer";
    self->request(c, caf::infinite, actors::listen{at.string(), 0})
        .receive([&](const listening& l) { error = l.error; }, [&](const caf::error& e) { error = reason_text(e); });
    return error;
  }

  test::quiet_config config;
  caf::actor_system system{config};
  asio_reactor io{system};
  told told_;
  test::noted_events events;
  std::promise<void> has_stopped;
  std::filesystem::path folder, path;
  supervisor_actor supervisor;
  control_actor control;
};

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const std::string status_request = R"({"ask":"status"})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_suite, control_world)

BOOST_AUTO_TEST_CASE(status_says_what_the_supervisor_says) {
  BOOST_REQUIRE_EQUAL(open(), "");
  client c{path};
  const auto answer = c.ask(status_request);
  BOOST_REQUIRE(answer.value("done", false));
  const auto& s = answer["sessions"].at(0);
  BOOST_TEST(s["session"] == "FIX.4.2:US->THEM");
  BOOST_TEST(s["next_sender"] == 7);
  BOOST_TEST(answer["ports"].at(0) == 9878);
  BOOST_TEST(answer["pid"] == ::getpid());
}

BOOST_AUTO_TEST_CASE(commands_go_to_the_session_that_is_named) {
  BOOST_REQUIRE_EQUAL(open(), "");
  client c{path};
  BOOST_TEST(c.ask(R"({"ask":"logon","session":"FIX.4.2:US->THEM"})")["text"] == "connecting");
  BOOST_TEST(c.ask(R"({"ask":"logout","session":"FIX.4.2:US->THEM","text":"end of day"})")["done"] == true);
  BOOST_TEST(c.ask(R"({"ask":"reset","session":"FIX.4.2:US->THEM"})")["done"] == true);
  BOOST_TEST((told_.heard() == std::vector<std::string>{"FIX.4.2:US->THEM logon ", "FIX.4.2:US->THEM logout end of day", "FIX.4.2:US->THEM reset "}));
  BOOST_TEST(holds(c.ask(R"({"ask":"reset","session":"FIX.4.2:US->NOBODY"})")["text"], "no session is called FIX.4.2:US->NOBODY; there are: FIX.4.2:US->THEM"));
  told_.result = {false, "the session is not running"};
  const auto refused = c.ask(R"({"ask":"reset","session":"FIX.4.2:US->THEM"})");
  BOOST_TEST(refused["done"] == false);
  BOOST_TEST(refused["text"] == "the session is not running");
}

BOOST_AUTO_TEST_CASE(what_is_parked_is_listed_page_by_page_and_masked) {
  BOOST_REQUIRE_EQUAL(open(), "");
  client c{path};
  told_.parked.page = {{7, submit_token{18446744073709551615U}, io.now().utc - 90s, {"BE", "", "553=me\001554=secret\001923=1\001"}}};
  told_.parked.is_last = false;
  const auto answer = c.ask(R"({"ask":"parked","session":"THEM","after":3})");
  BOOST_TEST(answer["done"] == true);
  BOOST_TEST(answer["session"] == "FIX.4.2:US->THEM");
  BOOST_TEST(answer["next"] == 7);
  const auto& p = answer["parked"].at(0);
  BOOST_TEST(p["token"] == "18446744073709551615");
  BOOST_TEST(p["msg_type"] == "BE");
  BOOST_TEST(p["age_ms"].get<int>() >= 90'000);
  BOOST_TEST(p["message"] == "35=BE|553=me|554=***|923=1|");
  told_.parked = {"the session is not loaded", {}};
  BOOST_TEST(c.ask(R"({"ask":"parked","session":"THEM"})")["text"] == "the session is not loaded");
  BOOST_TEST((told_.heard() == std::vector<std::string>{"FIX.4.2:US->THEM list behind 3", "FIX.4.2:US->THEM list behind 0"}));
}

BOOST_AUTO_TEST_CASE(a_drop_names_a_token_or_all) {
  BOOST_REQUIRE_EQUAL(open(), "");
  client c{path};
  BOOST_TEST(c.ask(R"({"ask":"drop-parked","session":"THEM","token":"18446744073709551615"})")["done"] == true);
  BOOST_TEST(c.ask(R"({"ask":"drop-parked","session":"THEM","token":5})")["done"] == true);
  BOOST_TEST(c.ask(R"({"ask":"drop-parked","session":"THEM","all":true})")["done"] == true);
  for (const std::string wrong : {"", R"(,"token":0)", R"(,"token":"7x")", R"(,"token":-1)", R"(,"all":false)", R"(,"all":1)", R"(,"all":true,"token":5)"}) {
    const auto answer = c.ask(R"({"ask":"drop-parked","session":"THEM")" + wrong + "}");
    BOOST_TEST(answer["done"] == false, wrong);
    BOOST_TEST(holds(answer["text"], "expected"), wrong);
  }
  BOOST_TEST(holds(c.ask(R"({"ask":"parked","session":"THEM","after":"x"})")["text"], "expected the \"next\""));
  BOOST_TEST((told_.heard() == std::vector<std::string>{"FIX.4.2:US->THEM drop-parked 18446744073709551615", "FIX.4.2:US->THEM drop-parked 5", "FIX.4.2:US->THEM drop-parked "}));
}

BOOST_AUTO_TEST_CASE(stop_is_answered_when_it_has_stopped_and_tells_the_program) {
  BOOST_REQUIRE_EQUAL(open(), "");
  client c{path};
  const auto answer = c.ask(R"({"ask":"stop","within_seconds":3})");
  BOOST_TEST(answer["done"] == true);
  BOOST_TEST(answer["text"] == "stopped; 2 sessions were cut");
  BOOST_TEST((has_stopped.get_future().wait_for(20s) == std::future_status::ready));
  BOOST_TEST((told_.heard() == std::vector<std::string>{"stop within 3"}));
}

BOOST_AUTO_TEST_CASE(a_stop_that_does_not_say_how_long_takes_the_settings_time) {
  BOOST_REQUIRE_EQUAL(open({.stop_within = 11s}), "");
  BOOST_TEST(client{path}.ask(R"({"ask":"stop"})")["done"] == true);
  BOOST_TEST((told_.heard() == std::vector<std::string>{"stop within 11"}));
}

BOOST_AUTO_TEST_CASE(a_dead_supervisor_is_an_answer) {
  BOOST_REQUIRE_EQUAL(open(), "");
  end(supervisor);
  BOOST_TEST(holds(client{path}.ask(status_request)["text"], "the supervisor does not answer"));
}

BOOST_AUTO_TEST_CASE(garbage_is_answered_with_what_was_expected) {
  BOOST_REQUIRE_EQUAL(open(), "");
  client c{path};
  for (const std::string line : {"", "status", "{", "[]", "{}", "null", R"({"ask":1})", R"({"ask":"explode"})", "\xFF\xFE{\"request\":",
                                 R"({"ask":"logon"})", R"({"ask":"logon","session":7})", R"({"ask":"stop","within_seconds":-1})",
                                 R"({"ask":"stop","within_seconds":1e9})",
                                 R"({"ask":"logout","session":"FIX.4.2:US->THEM","text":"a\u0001b"})"}) {
    const auto answer = c.ask(line);
    BOOST_TEST(answer["done"] == false, line);
    BOOST_TEST(holds(answer["text"], "expected"), line);
  }
  const std::string zeros(100, '\0');
  BOOST_TEST(holds(c.ask(zeros)["text"], "this is no JSON object; expected"));
  BOOST_TEST(holds(c.ask(std::string(3000, '['))["text"], "this is no JSON object; expected"));
  BOOST_TEST(c.ask(status_request)["done"] == true);
  BOOST_TEST(told_.heard().empty());
}

BOOST_AUTO_TEST_CASE(a_line_that_is_too_long_is_told_and_cut) {
  BOOST_REQUIRE_EQUAL(open(), "");
  client c{path};
  c.send(std::string(100'000, 'x'));
  BOOST_TEST(holds(c.line(), "a request is one line of at most 16384 bytes"));
  BOOST_TEST(c.line() == "closed");
  BOOST_TEST(told_.asked == 0);
}

BOOST_AUTO_TEST_CASE(half_a_line_and_a_silent_client_are_cut_when_patience_ends) {
  BOOST_REQUIRE_EQUAL(open({.idle = 50ms}), "");
  client half{path}, silent{path};
  half.send(R"({"ask":)");
  BOOST_TEST(half.line() == "closed");
  BOOST_TEST(silent.line() == "closed");
}

BOOST_AUTO_TEST_CASE(half_a_line_that_goes_on_is_a_line) {
  BOOST_REQUIRE_EQUAL(open(), "");
  client c{path};
  for (const char letter : status_request) c.send({&letter, 1});
  c.send("\n");
  BOOST_TEST(holds(c.line(), R"("done":true)"));
}

BOOST_AUTO_TEST_CASE(requests_sent_at_once_are_answered_in_order_also_behind_the_end) {
  BOOST_REQUIRE_EQUAL(open(), "");
  client c{path};
  std::string all;
  for (int n = 0; n < 20; ++n) all += status_request + "\n" + "nonsense\n";
  c.send(all);
  c.finish();
  for (int n = 0; n < 20; ++n) {
    BOOST_TEST(holds(c.line(), R"("done":true)"));
    BOOST_TEST(holds(c.line(), R"("done":false)"));
  }
  BOOST_TEST(c.line() == "closed");
}

BOOST_AUTO_TEST_CASE(one_client_too_many_is_told_and_a_place_is_free_again_afterwards) {
  BOOST_REQUIRE_EQUAL(open({.clients = 3}), "");
  {
    client a{path}, b{path}, c{path};
    for (auto* each : {&a, &b, &c}) BOOST_TEST(each->ask(status_request)["done"] == true);
    client d{path};
    BOOST_TEST(holds(d.line(), "too many clients at once, at most 3"));
    BOOST_TEST(d.line() == "closed");
    BOOST_TEST(a.ask(status_request)["done"] == true);
  }
  for (;;) {  // the reactor learns of the three ends in its own time
    client again{path};
    if (again.ask(status_request)["done"] == true) break;
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_never_reads_is_cut_and_nobody_else_waits) {
  for (int n = 0; n < 1000; ++n) told_.status.sessions.push_back(trading());  // more than a socket holds
  BOOST_REQUIRE_EQUAL(open({.idle = 1s}), "");
  client deaf{path};
  deaf.send(status_request + "\n");
  BOOST_TEST(client{path}.ask(status_request)["done"] == true);
  BOOST_TEST(deaf.is_cut());
  BOOST_TEST((deaf.line() == "closed"));  // what it could still read is not the whole line
}

BOOST_AUTO_TEST_CASE(an_answer_that_takes_long_does_not_cost_the_client_its_place) {
  told_.is_silent = true;
  BOOST_REQUIRE_EQUAL(open({.idle = 500ms}), "");
  client waiting{path}, idle{path};
  waiting.send(status_request + "\n");
  BOOST_TEST(idle.line() == "closed");  // by then the patience of both has passed
  BOOST_TEST(told_.asked == 1);
  caf::anon_send(supervisor, group_changed{});
  BOOST_TEST(holds(waiting.line(), R"("done":true)"));
}

BOOST_AUTO_TEST_CASE(only_the_owner_may_use_it_and_it_is_removed_at_the_end) {
  const auto before = ::umask(0);
  BOOST_REQUIRE_EQUAL(open(), "");
  ::umask(before);
  struct stat file {};
  BOOST_REQUIRE(::lstat(path.c_str(), &file) == 0);
  BOOST_TEST((file.st_mode & 0777U) == 0600U);
  client c{path};
  BOOST_TEST(c.ask(status_request)["done"] == true);
  end(control);
  BOOST_TEST(c.line() == "closed");
  for (int n = 0; n < patience_ms && std::filesystem::exists(path); ++n) ::poll(nullptr, 0, 1);
  BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(what_a_dead_process_left_is_replaced) {
  const auto child = ::fork();
  if (child == 0) {  // listens, and dies without removing anything
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    path.string().copy(where.sun_path, sizeof where.sun_path - 1);
    const int s = ::socket(AF_UNIX, SOCK_STREAM, 0);
    ::_exit(::bind(s, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0 && ::listen(s, 1) == 0 ? 0 : 1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  BOOST_REQUIRE(status == 0);
  BOOST_REQUIRE(std::filesystem::is_socket(path));
  BOOST_TEST(open() == "");
  BOOST_TEST(client{path}.ask(status_request)["done"] == true);
}

BOOST_AUTO_TEST_CASE(a_living_one_is_left_alone_and_named) {
  BOOST_REQUIRE_EQUAL(open(), "");
  const auto error = error_of(path);
  BOOST_TEST(holds(error, path.string() + ": process " + std::to_string(::getpid()) + " listens there already; stop it"));
  BOOST_TEST((events.list == std::vector<std::string>{"control-open  " + path.string(), "control-failed  " + error}));
  BOOST_TEST(client{path}.ask(status_request)["done"] == true);
}

BOOST_AUTO_TEST_CASE(a_file_of_that_name_is_left_alone) {
  std::ofstream{path} << "precious";
  BOOST_TEST(holds(error_of(path), "something else of this name, no socket"));
  std::string text;
  std::getline(std::ifstream{path}, text);
  BOOST_TEST(text == "precious");
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_is_said_to_be) {
  BOOST_TEST(holds(error_of(folder / std::string(150, 'p')), "a Unix socket takes 107; set ControlSocket to a shorter one"));
  BOOST_TEST(holds(error_of(folder / "nowhere" / "x.sock"), "its folder cannot be opened: No such file or directory; make it"));
  BOOST_TEST(holds(error_of({}), "set ControlSocket"));
}

BOOST_AUTO_TEST_CASE(answers_are_one_line_of_utf8_whatever_the_texts_are) {
  told_.status.sessions[0].reason = "line\nbreak \xFF";
  BOOST_REQUIRE_EQUAL(open(), "");
  client c{path};
  BOOST_TEST(c.ask(status_request)["sessions"].at(0)["reason"].get<std::string>() == "line\nbreak \xEF\xBF\xBD");
  BOOST_TEST(c.ask(status_request)["done"] == true);
}

BOOST_AUTO_TEST_CASE(a_folder_that_another_process_is_just_using_is_waited_for) {
  const int other = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  BOOST_REQUIRE(::flock(other, LOCK_EX) == 0);
  BOOST_TEST(holds(error_of(path), "another process locks its folder"));
  control = spawn_control(io, supervisor, events);
  std::string error;
  std::thread opening{[&] { error = listen_at(control, path); }};
  BOOST_TEST(!std::filesystem::exists(path));
  ::close(other);
  opening.join();
  BOOST_TEST(error == "");
  BOOST_TEST(client{path}.ask(status_request)["done"] == true);
}

BOOST_AUTO_TEST_SUITE_END()

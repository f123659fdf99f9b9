// A FIX load client: one session, orders out, execution reports in, measured from outside.
//
//   load MODE --port P [--count N]
//
//   ping      one order at a time: round-trip time from order to execution report
//   tput      a window of outstanding orders: orders answered a second
//   one-way   orders that nobody answers, then a TestRequest(1): orders taken a second
//
// Prints one line: RESULT mode=… key=value …
#include "bench/wire.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <vector>

namespace {

using namespace bench;
using clock_type = std::chrono::steady_clock;

constexpr long window = 1000;
constexpr long warm_up = 5000;

double seconds_since(clock_type::time_point begin) { return std::chrono::duration<double>(clock_type::now() - begin).count(); }

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("cannot connect");
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

// An order is always the same but for MsgSeqNum(34) and ClOrdID(11), which have a fixed width, so that its CheckSum is a sum of
// three parts.
class order_template {
 public:
  explicit order_template(const std::string& ends) {
    const std::string s(1, soh);
    bytes_ = framed("35=D" + s + ends + "34=000000000" + s + "52=" + sending_time() + s + "11=O00000000000" + s + "21=1" + s + "38=100" + s + "40=2" + s +
                    "44=100.25" + s + "54=1" + s + "55=MSFT" + s + "59=0" + s + "60=" + sending_time() + s);
    number_at_ = bytes_.find("\x01" "34=") + 4;
    id_at_ = bytes_.find("\x01" "11=") + 5;
    constant_sum_ = byte_sum(std::string_view(bytes_).substr(0, bytes_.size() - 7)) - 20 * '0';
  }

  void append_to(std::string& out, std::uint64_t number) {
    put_fixed(bytes_.data() + number_at_, number, 9);
    put_fixed(bytes_.data() + id_at_, number, 11);
    const std::string_view all = bytes_;
    put_fixed(bytes_.data() + bytes_.size() - 4, (constant_sum_ + byte_sum(all.substr(number_at_, 9)) + byte_sum(all.substr(id_at_, 11))) % 256, 3);
    out += bytes_;
  }

 private:
  std::string bytes_;
  std::size_t number_at_ = 0, id_at_ = 0;
  unsigned constant_sum_ = 0;
};

class session {
 public:
  explicit session(int port) : fd_(connect_to(port)) {
    send("A", std::string("98=0") + soh + "108=30" + soh + "141=Y" + soh);
    flush();
    await([this] { return is_logged_on_; });
  }
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session() { ::close(fd_); }

  void order() { order_.append_to(out_, next_++); }
  void test_request() { send("1", std::string("112=end") + soh); }
  [[nodiscard]] long reports() const { return reports_; }
  [[nodiscard]] long heartbeats() const { return heartbeats_; }
  [[nodiscard]] bool has_unsent() const { return !out_.empty(); }

  void flush() {
    while (write_some(0)) {}
  }

  // One read, which waits, and all messages in it.
  void read() {
    const std::size_t before = unfinished_.size();
    if (buffer_.size() < before + read_size) buffer_.resize(before + read_size);
    std::memcpy(buffer_.data(), unfinished_.data(), before);
    const ssize_t n = ::recv(fd_, buffer_.data() + before, read_size, 0);
    if (n <= 0) throw std::runtime_error("the server closed the connection");
    std::string_view bytes(buffer_.data(), before + std::size_t(n));
    for (long length; (length = frame_length(bytes)) != 0; bytes.remove_prefix(std::size_t(length))) {
      if (length < 0) throw std::runtime_error("the server sent something that is no FIX message");
      take(bytes.substr(0, std::size_t(length)));
    }
    unfinished_ = bytes;
  }

  // Writes what the socket takes and reads what has come, waiting for either.
  void exchange() {
    pollfd ready{fd_, short(POLLIN | (out_.empty() ? 0 : POLLOUT)), 0};
    if (::poll(&ready, 1, 20'000) <= 0) throw std::runtime_error("nothing from the server in 20 s");
    if (ready.revents & POLLOUT) write_some(MSG_DONTWAIT);
    if (ready.revents & POLLIN) read();
  }

  template <class Condition>
  void await(Condition condition) {
    while (!condition()) exchange();
  }

 private:
  static constexpr std::size_t read_size = 1 << 18;

  void send(const std::string& type, const std::string& fields) {
    out_ += framed("35=" + type + soh + ends_ + "34=" + std::to_string(next_++) + soh + "52=" + sending_time() + soh + fields);
  }

  // False: nothing left, or it would have to wait.
  bool write_some(int flags) {
    if (out_.empty()) return false;
    const ssize_t n = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL | flags);
    if (n < 0 && errno != EAGAIN) throw std::runtime_error("the server closed the connection");
    if (n > 0) out_.erase(0, std::size_t(n));
    return n > 0;
  }

  void take(std::string_view message) {
    const std::string_view type = find_field(message, "35=");
    if (type == "8") {
      if (to_number(find_field(message, "34=")) != expected_++) throw std::runtime_error("a report is missing");
      ++reports_;
    } else {
      ++expected_;
      is_logged_on_ |= type == "A";
      heartbeats_ += type == "0";
      if (type != "A" && type != "0") throw std::runtime_error("unexpected: " + std::string(message));
    }
  }

  int fd_;
  std::string ends_ = std::string("49=C00001") + soh + "56=SERVER" + soh;
  order_template order_{ends_};
  std::string out_, unfinished_;
  std::vector<char> buffer_;
  std::uint64_t next_ = 1, expected_ = 1;
  long reports_ = 0, heartbeats_ = 0;
  bool is_logged_on_ = false;
};

void ping(session& s, long count) {
  std::vector<double> microseconds;
  for (long i = -warm_up; i < count; ++i) {
    const auto begin = clock_type::now();
    s.order();
    s.flush();
    for (const long before = s.reports(); s.reports() == before;) s.read();
    if (i >= 0) microseconds.push_back(seconds_since(begin) * 1e6);
  }
  std::ranges::sort(microseconds);
  const auto at = [&](double share) { return microseconds[std::size_t(share * double(microseconds.size() - 1))]; };
  std::printf("RESULT mode=ping n=%ld min_us=%.2f p50_us=%.2f p90_us=%.2f p99_us=%.2f p999_us=%.2f\n", count, at(0), at(0.5), at(0.9), at(0.99), at(0.999));
}

void keep_window_full(session& s, long count) {
  const long goal = s.reports() + count;
  for (long sent = s.reports(); s.reports() < goal; s.exchange())
    for (; sent < goal && sent - s.reports() < window && !(s.has_unsent() && sent % 100 == 0); ++sent) s.order();
}

void tput(session& s, long count) {
  keep_window_full(s, warm_up);
  const auto begin = clock_type::now();
  keep_window_full(s, count);
  std::printf("RESULT mode=tput n=%ld orders_per_s=%.0f\n", count, double(count) / seconds_since(begin));
}

void send_unanswered(session& s, long count) {
  for (long i = 0; i < count; ++i) {
    s.order();
    if (i % 100 == 99) s.flush();
  }
  const long before = s.heartbeats();
  s.test_request();
  s.await([&] { return s.heartbeats() > before; });
}

void one_way(session& s, long count) {
  send_unanswered(s, warm_up);
  const auto begin = clock_type::now();
  send_unanswered(s, count);
  std::printf("RESULT mode=one-way n=%ld orders_per_s=%.0f\n", count, double(count) / seconds_since(begin));
}

}  // namespace

int main(int argc, char** argv) try {
  std::string mode = argc > 1 ? argv[1] : "";
  int port = 0;
  long count = 50'000;
  for (int i = 2; i + 1 < argc; i += 2) {
    if (argv[i] == std::string("--port")) port = std::atoi(argv[i + 1]);
    if (argv[i] == std::string("--count")) count = std::atol(argv[i + 1]);
  }
  if (argc % 2 != 0 || port == 0) mode = "";
  if (mode != "ping" && mode != "tput" && mode != "one-way") return std::fputs("usage: load ping|tput|one-way --port P [--count N]\n", stderr), 64;
  session s(port);
  mode == "ping" ? ping(s, count) : mode == "tput" ? tput(s, count) : one_way(s, count);
} catch (const std::exception& error) {
  std::fprintf(stderr, "load: %s\n", error.what());
  return 1;
}

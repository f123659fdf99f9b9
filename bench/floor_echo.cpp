// The floor: what a FIX acceptor on this machine cannot be faster than.
//
//   floor_echo --port P [--silent]
//
// One thread and epoll. It finds the end of a message by its CheckSum(10) and answers with a canned ExecutionReport(8), in which
// it writes MsgSeqNum(34) and CheckSum; silent, it takes orders without an answer. It parses nothing, checks nothing, stores
// nothing; Logon, TestRequest and Logout get as much of an answer as the load client needs.
#include "bench/wire.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>
#include <vector>

namespace {

using namespace bench;

class connection {
 public:
  connection(int fd, bool is_silent) : fd_(fd), is_silent_(is_silent) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { ::close(fd_); }

  // False: it is over.
  bool read_and_answer() {
    static std::vector<char> buffer(1 << 18);
    std::memcpy(buffer.data(), unfinished_.data(), unfinished_.size());
    const ssize_t n = ::recv(fd_, buffer.data() + unfinished_.size(), buffer.size() - unfinished_.size(), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (n <= 0) return false;
    std::string_view bytes(buffer.data(), unfinished_.size() + std::size_t(n));
    for (std::size_t end; (end = bytes.find("\x01" "10=")) != std::string_view::npos && end + 8 <= bytes.size(); bytes.remove_prefix(end + 8))
      answer(bytes.substr(0, end + 8));
    unfinished_ = bytes;
    return write();
  }

 private:
  void answer(std::string_view message) {
    const std::size_t type = message.find("\x01" "35=", 12);
    switch (message[type + 4]) {
      case 'A': return log_on(message);
      case '0': return;
      case '1': return send("0", "112=" + std::string(find_field(message, "112=")) + soh);
      case '5': return send("5", "");
      default: return is_silent_ ? void() : report();
    }
  }

  void log_on(std::string_view logon) {
    ends_ = "49=" + std::string(find_field(logon, "56=")) + soh + "56=" + std::string(find_field(logon, "49=")) + soh;
    const std::string s(1, soh);
    report_ = framed("35=8" + s + ends_ + "34=000000000" + s + "52=" + sending_time() + s + "6=100.25" + s + "11=O00000000001" + s + "14=100" + s +
                     "17=E00000000001" + s + "20=0" + s + "31=100.25" + s + "32=100" + s + "37=X00000000001" + s + "38=100" + s + "39=2" + s +
                     "54=1" + s + "55=MSFT" + s + "60=" + sending_time() + s + "150=2" + s + "151=0" + s);
    number_at_ = report_.find("\x01" "34=") + 4;
    constant_sum_ = byte_sum(std::string_view(report_).substr(0, report_.size() - 7)) - 9 * '0';
    send("A", "98=0" + s + "108=30" + s + "141=Y" + s);
  }

  void report() {
    put_fixed(report_.data() + number_at_, next_++, 9);
    put_fixed(report_.data() + report_.size() - 4, (constant_sum_ + byte_sum(std::string_view(report_).substr(number_at_, 9))) % 256, 3);
    out_ += report_;
  }

  void send(const std::string& type, const std::string& fields) {
    out_ += framed("35=" + type + soh + ends_ + "34=" + std::to_string(next_++) + soh + "52=" + sending_time() + soh + fields);
  }

  bool write() {
    while (!out_.empty()) {
      const ssize_t n = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN) return true;  // goes with the next answer: the client always reads
      if (n < 0) return errno == EINTR;
      out_.erase(0, std::size_t(n));
    }
    return true;
  }

  int fd_;
  bool is_silent_;
  std::string unfinished_, out_, ends_, report_;
  std::size_t number_at_ = 0;
  unsigned constant_sum_ = 0;
  std::uint64_t next_ = 1;
};

void watch(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int listen_on(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(fd, 64) == 0) return fd;
  std::perror("floor_echo: listen");
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_silent = argc == 4 && argv[3] == std::string("--silent");
  if ((argc != 3 && !is_silent) || argv[1] != std::string("--port")) return std::fputs("usage: floor_echo --port P [--silent]\n", stderr), 64;
  const int listener = listen_on(std::atoi(argv[2]));
  const int epoll = epoll_create1(0);
  watch(epoll, listener);
  std::puts("ready");
  std::fflush(stdout);
  std::unordered_map<int, connection> connections;
  for (epoll_event events[64];;) {
    const int n = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < n; ++i) {
      const int fd = events[i].data.fd;
      if (fd != listener) {
        if (const auto found = connections.find(fd); !found->second.read_and_answer()) connections.erase(found);
        continue;
      }
      const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
      const int yes = 1;
      setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      connections.try_emplace(accepted, accepted, is_silent);
      watch(epoll, accepted);
    }
  }
}

// A TCP proxy that loses the network when it is told: after any byte, in silence, or for a while.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace troupe::test {

class cutting_proxy {
 public:
  enum class way { to_server, to_client };

  explicit cutting_proxy(std::uint16_t server_port);
  ~cutting_proxy();
  cutting_proxy(const cutting_proxy&) = delete;
  cutting_proxy& operator=(const cutting_proxy&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  // Once: so many more bytes go that way, then every connection is ended, or as `refuse` and `freeze` say. What went before arrives.
  enum class then { passes, refuses, is_frozen };
  void cut_after(way which, std::size_t bytes, then what = then::passes);
  [[nodiscard]] bool has_cut() const;  // since then
  void refuse();  // ends every connection, and each new one at once
  void freeze();  // nothing goes either way, and nobody is told
  void heal();    // connections that were frozen end; new ones go through
  // Bytes that went that way so far.
  [[nodiscard]] std::size_t passed(way which) const;

 private:
  struct connection {
    int client = -1, server = -1;
  };
  struct plan {
    way which{};
    std::size_t left = 0;
    then what = then::passes;
  };
  void serve();
  void accept_one();
  bool forward(int from, int to, way which);
  void end_all();
  void wake() const;

  mutable std::mutex mutex_;
  then mood_ = then::passes;
  bool is_over_ = false, must_end_all_ = false;
  std::optional<plan> plan_;
  std::size_t passed_[2] = {0, 0};
  std::uint16_t port_ = 0, server_port_;
  int listener_ = -1, wake_[2] = {-1, -1};
  std::vector<connection> connections_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace troupe::test

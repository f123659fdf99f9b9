// A listening Unix socket and its file.
#pragma once

#include "actors/link.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace troupe::actors {

// Another process makes a socket in that folder just now.
struct busy_folder : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A socket that listens and that nobody reads from yet: closed, and its file removed if it is still this one's, with the object.
class control_socket {
 public:
  // Takes the path over from a dead process, never from a living one. Throws std::runtime_error: where, why, what to do; or
  // busy_folder: try again in a moment. Does not block.
  explicit control_socket(std::filesystem::path path);
  ~control_socket();
  control_socket(const control_socket&) = delete;
  control_socket& operator=(const control_socket&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  void open();

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t device_ = 0;  // of the file, with its number: who it is
  std::uint64_t number_ = 0;
};

// Accepts on a reactor, on its thread; destroyed, it ends. `accept` gets each client.
class control_listener {
 public:
  virtual ~control_listener() = default;
};
[[nodiscard]] std::unique_ptr<control_listener> serve_control(reactor& home, std::shared_ptr<control_socket> socket,
                                                              std::function<void(link_ptr)> accept);

}  // namespace troupe::actors

// The other end of the control socket (actors/control.hpp): one question, one answer.
#pragma once

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace troupe::apps {

// Nobody to talk to, or no answer: says where and what to do.
class no_answer : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Sends one line and returns the line that comes back, both without their line end. Waits for at most so long.
[[nodiscard]] std::string ask(const std::filesystem::path& socket, const std::string& request,
                              std::chrono::milliseconds at_most = std::chrono::seconds{10});

// The same for a question that ends the engine: returns when it has closed the connection behind its answer.
[[nodiscard]] std::string ask_until_gone(const std::filesystem::path& socket, const std::string& request, std::chrono::milliseconds at_most);

}  // namespace troupe::apps

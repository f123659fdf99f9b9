// The other end of the control socket (actors/control.hpp): one question, one answer.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

namespace troupe::apps {

// Nobody to talk to, or no answer: says where and what to do.
class no_answer : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// It has answered, and has not ended in time.
class not_gone : public no_answer {
  using no_answer::no_answer;
};

// Sends one line and returns the line that comes back, both without their line end. Waits for at most so long.
[[nodiscard]] std::string ask(const std::filesystem::path& socket, const std::string& request,
                              std::chrono::milliseconds at_most = std::chrono::seconds{10});

// The same for a question that ends the engine: returns when it has closed the connection behind its answer, or if the answer
// is none that ends it. Throws not_gone if that takes longer than `to_end`.
[[nodiscard]] std::string ask_until_gone(const std::filesystem::path& socket, const std::string& request, std::chrono::milliseconds at_most,
                                         std::chrono::milliseconds to_end, const std::function<bool(const std::string&)>& is_ending);

}  // namespace troupe::apps

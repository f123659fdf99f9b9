#include "apps/decode/decode.hpp"

#include "apps/decode/reading.hpp"
#include "apps/exit_codes.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

namespace troupe::decode {
namespace {

namespace code = apps::exit_code;

constexpr int look_again_ms = 100;  // at files that are followed

volatile std::sig_atomic_t is_interrupted = 0;

void interrupt(int) { is_interrupted = 1; }

// A signal ends the waiting, and the reading of a pipe.
void end_at_signals() {
  struct sigaction action {};
  action.sa_handler = interrupt;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

style choose_style(const std::string& colour) {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool is_wanted = (no_colour == nullptr || *no_colour == '\0') && ::isatty(STDOUT_FILENO) == 1;
  return colour == "always" || (colour == "auto" && is_wanted) ? colour_style : plain_style;
}

std::optional<std::vector<condition>> read_conditions(const options& chosen, const find_tag_by_name& find) {
  std::vector<condition> all;
  for (const auto& text : chosen.only) {
    std::string why;
    auto one = condition::read(text, find, why);
    if (!one) {
      std::cerr << "troupe: --only " << text << ": " << why << '\n';
      return std::nullopt;
    }
    all.push_back(*std::move(one));
  }
  return all;
}

std::optional<std::vector<std::uint32_t>> read_fields(const options& chosen, const find_tag_by_name& find) {
  std::vector<std::uint32_t> tags;
  for (const auto& text : chosen.fields) {
    const auto tag = read_tag(text, find);
    if (!tag) {
      std::cerr << "troupe: --fields: '" << text << "' is neither a tag nor the name of a field, e.g. 11 or ClOrdID\n";
      return std::nullopt;
    }
    tags.push_back(*tag);
  }
  return tags;
}

// True: all could be read.
bool read_one_after_another(const std::vector<std::string>& names, decoder& into, output& out) {
  bool is_good = true;
  for (const auto& name : names) {
    reading one{name, false, into, out};
    while (!one.is_over() && out.is_good()) {
      (void)one.step();
      if (name == "-") out.flush();  // somebody may be looking
    }
    is_good = is_good && !one.has_failed();
  }
  return is_good;
}

bool follow(const std::vector<std::string>& names, decoder& into, output& out) {
  end_at_signals();
  std::vector<std::unique_ptr<reading>> all;
  for (const auto& name : names) all.push_back(std::make_unique<reading>(name, true, into, out));
  const auto is_over = [&all] { return std::all_of(all.begin(), all.end(), [](const auto& r) { return r->is_over(); }); };
  while (is_interrupted == 0 && out.is_good() && !is_over()) {
    bool is_moving = false;
    for (auto& r : all) is_moving = r->step() || is_moving;
    if (is_moving) continue;
    pollfd reader{STDOUT_FILENO, 0, 0};  // an error there: nobody reads any more
    if (out.flush() && ::poll(&reader, 1, look_again_ms) > 0) break;
  }
  for (auto& r : all) r->leave();
  return std::none_of(all.begin(), all.end(), [](const auto& r) { return r->has_failed(); });
}

int exit_code_of(const options& chosen, const decoder& done, const output& out, bool could_read) {
  if (out.error() == EPIPE) return code::done;
  if (out.error() != 0) {
    std::cerr << "troupe: cannot write: " << std::strerror(out.error()) << '\n';
    return code::failed;
  }
  if (chosen.validates && done.faulty() > 0) return code::faults_found;
  return could_read ? code::done : code::unreadable;
}

}  // namespace

int decode(const options& chosen) {
  ::signal(SIGPIPE, SIG_IGN);  // write says it
  shelf books;
  for (const auto& file : chosen.dictionaries)
    if (!books.add(file)) return code::wrong_settings;
  const find_tag_by_name find = [&books](std::string_view name) { return books.find_tag(name); };
  auto only = read_conditions(chosen, find);
  auto fields = read_fields(chosen, find);
  if (!only || !fields) return code::wrong_usage;

  output out;
  decoder all{chosen, books, out, *std::move(only), *std::move(fields), choose_style(chosen.colour)};
  const auto names = chosen.files.empty() ? std::vector<std::string>{"-"} : chosen.files;
  bool could_read = chosen.follows ? follow(names, all, out) : read_one_after_another(names, all, out);
  if (could_read && all.messages() == 0 && !chosen.follows && out.is_good()) {
    could_read = false;
    std::cerr << "troupe: no FIX message found" << (names.size() == 1 && names.front() != "-" ? " in " + names.front() : "") << "; expected 8=FIX… 9=… with SOH, |, ^A or another separator between the fields\n";
  }
  all.finish();
  out.flush();
  return exit_code_of(chosen, all, out, could_read);
}

}  // namespace troupe::decode

// What one way of keeping messages costs. Each run is a process of its own, so that none inherits the memory of another:
//
//   bench_store --list
//   bench_store append WAY FOLDER MESSAGES [BATCH [SESSIONS]]    nanoseconds a message, nanoseconds of processor time a message
//   bench_store read   WAY FOLDER MESSAGES                       nanoseconds a message, of all, a page at a time, from a store opened anew
//   bench_store fill   WAY FOLDER MESSAGES [BATCH]               and leaves it there, 64 with a commit if it is not said
//   bench_store open   WAY FOLDER                                milliseconds until the session is loaded, MiB that it takes
//   bench_store page   WAY FOLDER FIRST                          milliseconds of the 256 messages from there on, and of those behind them, MiB that both take
//
// MESSAGES are those of each session. FOLDER must be empty, but for `open` and `page`. Messages have 200 bytes.
#include "bench/store/case.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace {

using namespace troupe::bench;

constexpr std::size_t message_size = 200;

double now() { return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double processor_time() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

double peak_mib() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  throw std::runtime_error{"/proc/self/status does not tell VmHWM"};
}

std::uint64_t number(const std::string& text) {
  char* end = nullptr;
  const auto value = std::strtoull(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || value == 0) throw std::invalid_argument{"'" + text + "' is no number from 1 on"};
  return value;
}

std::string frame() {
  std::string all = "8=FIX.4.4\x01" "9=177\x01" "35=8\x01";
  while (all.size() < message_size) all += static_cast<char>('0' + all.size() % 75);
  return all;
}

void fill(keeper& into, const workload& w) {
  for (std::uint64_t n = 1; n <= w.messages; n += w.batch) into.append(n);
}

void append(const make_keeper& make, workload w) {
  const auto k = make(w);
  const auto rounds = w.messages / w.batch;
  for (std::uint64_t n = 1; n <= w.batch * (rounds / 10 + 1); n += w.batch) k->append(n);  // warm
  const auto from = w.batch * (rounds / 10 + 1) + 1;
  const double spent = processor_time(), begin = now();
  std::uint64_t count = 0;
  for (std::uint64_t n = from; n < from + w.messages; n += w.batch) {
    k->append(n);
    count += w.batch * w.sessions;
  }
  const double taken = now() - begin, worked = processor_time() - spent;
  std::printf("%.2f\t%.2f\n", taken / static_cast<double>(count), worked / static_cast<double>(count));
}

void read(const make_keeper& make, workload w) {
  w.batch = 64;
  w.messages = (w.messages + w.batch - 1) / w.batch * w.batch;
  const auto k = make(w);
  fill(*k, w);
  k->reopen();
  const double spent = processor_time(), begin = now();
  const auto bytes = k->read(1, w.messages);
  const double taken = now() - begin, worked = processor_time() - spent;
  if (bytes != w.messages * message_size) throw std::runtime_error{"read " + std::to_string(bytes) + " bytes of " + std::to_string(w.messages) + " messages"};
  std::printf("%.2f\t%.2f\n", taken / static_cast<double>(w.messages), worked / static_cast<double>(w.messages));
}

void open(const make_keeper& make, const workload& w) {
  const double before = peak_mib(), begin = now();
  const auto k = make(w);
  const double taken = now() - begin;
  std::printf("%.3f\t%.2f\n", taken / 1e6, peak_mib() - before);
}

void page(const make_keeper& make, const workload& w, std::uint64_t first) {
  constexpr std::uint64_t count = 256;
  const auto k = make(w);
  const double before = peak_mib(), begin = now();
  k->read(first, first + count - 1);
  const double between = now();
  k->read(first + count, first + 2 * count - 1);
  std::printf("%.3f\t%.3f\t%.2f\n", (between - begin) / 1e6, (now() - between) / 1e6, peak_mib() - before);
}

int run(const std::vector<std::string>& words) {
  auto ways = our_stores();
  ways.merge(other_ways());
  if (words.size() == 1 && words[0] == "--list") {
    for (const auto& [name, make] : ways) std::printf("%s\n", name.c_str());
    return 0;
  }
  if (words.size() < 3) throw std::invalid_argument{"see the head of bench/store/store.cpp"};
  const auto way = ways.find(words[1]);
  if (way == ways.end()) throw std::invalid_argument{"no way '" + words[1] + "'; --list names them"};
  workload w{words[2], 0, frame()};
  if (words[0] == "open") return open(way->second, w), 0;
  if (words.size() < 4) throw std::invalid_argument{words[0] + " needs a number of messages"};
  if (words[0] == "page") return page(way->second, w, number(words[3])), 0;
  w.messages = number(words[3]);
  if (words.size() > 4) w.batch = number(words[4]);
  if (words.size() > 5) w.sessions = number(words[5]);
  if (!std::filesystem::is_empty(w.folder)) throw std::invalid_argument{w.folder + " is not empty"};
  if (words[0] == "append") return append(way->second, w), 0;
  if (words[0] == "read") return read(way->second, w), 0;
  if (words[0] != "fill") throw std::invalid_argument{"no such thing to measure: " + words[0]};
  if (words.size() < 5) w.batch = 64;
  const auto k = way->second(w);
  fill(*k, w);
  k->reopen();
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  return run({argv + 1, argv + argc});
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s: %s\n", argv[0], e.what());
  return 1;
}

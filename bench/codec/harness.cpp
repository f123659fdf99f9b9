#include "bench/codec/harness.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <new>
#include <stdexcept>

namespace {
std::size_t allocation_count = 0;  // one thread
}

// Not inline: GCC takes a malloc and a free that it sees for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocation_count;
  if (void* const memory = std::malloc(size > 0 ? size : 1)) return memory;
  throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

// By this name callgrind finds it. Not in a namespace, so that the name is the whole name.
extern "C" [[gnu::noinline]] void counted_loop(const troupe::bench::loop* run, std::size_t count, std::uint64_t* sum) { *sum += (*run)(count); }

namespace troupe {
namespace bench {

std::vector<std::string> dictionary_versions() { return {"FIX40", "FIX41", "FIX42", "FIX43", "FIX44", "FIX50", "FIX50SP1", "FIX50SP2", "FIXT11"}; }

std::size_t allocations() { return allocation_count; }

namespace {

struct options {
  std::map<std::string, std::string> given{{"only", ""}, {"case", ""}, {"rounds", "11"}, {"count", "20000"}, {"dictionaries", ""}};
  bool is_list = false;

  options(int argc, char** argv, const std::string& dictionaries) {
    given["dictionaries"] = dictionaries;
    for (int i = 1; i < argc; ++i) {
      const std::string name = argv[i];
      if (name == "--list") {
        is_list = true;
        continue;
      }
      if (name.compare(0, 2, "--") != 0 || given.count(name.substr(2)) == 0 || i + 1 == argc) throw std::invalid_argument("what is " + name + "? See harness.hpp");
      given[name.substr(2)] = argv[++i];
    }
  }
  std::size_t number(const std::string& name) const {
    const long value = std::strtol(given.at(name).c_str(), nullptr, 10);
    if (value < 1) throw std::invalid_argument("--" + name + " must be a number from 1 on");
    return static_cast<std::size_t>(value);
  }
  bool wants(const std::string& name) const {
    const auto& only = given.at("only");
    return only.empty() || ("," + only + ",").find("," + name + ",") != std::string::npos;
  }
};

std::uint64_t all_sums = 0;

double nanoseconds_of(const codec_case& c, std::size_t count) {
  const auto begin = std::chrono::steady_clock::now();
  counted_loop(&c.run, count, &all_sums);
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() / static_cast<double>(count);
}

std::size_t times(const codec_case& c, std::size_t count) { return std::max<std::size_t>(1, count / c.share); }

void measure(const codec_case& c, const options& wanted) {
  const std::size_t count = times(c, wanted.number("count"));
  all_sums += c.run(count / 10 + 1);  // warm
  const std::size_t before = allocation_count;
  all_sums += c.run(count);
  const double allocated = static_cast<double>(allocation_count - before) / static_cast<double>(count);
  std::vector<double> taken;
  for (std::size_t i = wanted.number("rounds"); i > 0; --i) taken.push_back(nanoseconds_of(c, count));
  std::sort(taken.begin(), taken.end());
  std::printf("%s\t%.1f\t%.1f\t%.1f\t%.2f\n", c.name.c_str(), taken[taken.size() / 2], taken[taken.size() / 4], taken[taken.size() * 3 / 4], allocated);
  std::fflush(stdout);
}

int run(const options& wanted, const make_cases& make) {
  bool has_run = false;
  for (const codec_case& c : make(wanted.given.at("dictionaries"))) {
    if (wanted.is_list) {
      std::printf("%s\t%zu\n", c.name.c_str(), c.share);
    } else if (!wanted.given.at("case").empty()) {
      if (c.name != wanted.given.at("case")) continue;
      all_sums += c.run(times(c, 100));  // warm
      counted_loop(&c.run, times(c, wanted.number("count")), &all_sums);
    } else if (wanted.wants(c.name)) {
      measure(c, wanted);
    } else {
      continue;
    }
    has_run = true;
  }
  if (!has_run) throw std::invalid_argument("no such case; --list names them");
  return all_sums == 1 ? 3 : 0;  // never 1; the compiler does not know
}

}  // namespace

int run_codec(int argc, char** argv, const std::string& dictionaries, const make_cases& make) try {
  return run(options{argc, argv, dictionaries}, make);
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s: %s\n", argv[0], e.what());
  return 1;
}

}  // namespace bench
}  // namespace troupe

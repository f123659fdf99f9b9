// Runs the cases of one codec and tells what a message costs. For C++14, too: QuickFIX can be compiled with nothing later.
//
//   --list                     names of the cases
//   --case NAME --count N      runs it N times and says nothing; for callgrind, which counts in counted_loop only
//   [--only NAME,…] [--rounds N] [--count N] [--dictionaries DIR]
//                              a line a case: name, nanoseconds (median, lower and upper quartile of the rounds), allocations
//
// All figures are of one message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace troupe {
namespace bench {

// Runs `count` times; what it returns depends on every run, so that none is optimised away.
using loop = std::function<std::uint64_t(std::size_t count)>;

struct codec_case {
  std::string name;
  loop run;
  std::size_t share;  // runs `count` / `share` times: for what takes long
};

// The dictionaries that both load: file names without their ending.
std::vector<std::string> dictionary_versions();

// Allocations of this program so far.
std::size_t allocations();

// Made only once the command line is known: where the dictionaries are.
using make_cases = std::function<std::vector<codec_case>(const std::string& dictionaries)>;

// Exit status. What goes wrong in a case is told and ends the program with 1.
int run_codec(int argc, char** argv, const std::string& dictionaries, const make_cases& make);

}  // namespace bench
}  // namespace troupe

// A fuzz target without a fuzzer: every file of the folders that are named goes through it once, then so many inputs that were made
// from them by damage. The same number gives the same inputs, in every run; the one that goes through now is kept beside the program, so
// that what kills it can be looked at and becomes a seed.
//
// usage: fuzz_x INPUTS KEPT FOLDER ...
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t longest = 16 * 1024;

std::string contents(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void run(const std::string& input) { LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()); }

class damage {
 public:
  explicit damage(std::vector<std::string> seeds) : seeds_(std::move(seeds)) {}

  std::string next() {
    std::string input = seeds_[below(seeds_.size())];
    for (std::size_t i = below(4) + 1; i > 0; --i) hurt(input);
    input.resize(std::min(input.size(), longest));
    return input;
  }

 private:
  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

  void hurt(std::string& s) {
    const std::size_t at = below(s.size() + 1), length = below(std::min<std::size_t>(s.size() - at, 40) + 1);
    switch (below(7)) {
      case 0: return void(s.erase(at, length));
      case 1: return void(s.insert(at, s.substr(at, length)));
      case 2: return void(s.insert(at, 1, static_cast<char>(below(256))));
      case 3: return void(s.insert(at, words[below(words.size())]));
      case 4: {  // another one's end
        const std::string& other = seeds_[below(seeds_.size())];
        return void(s.replace(at, std::string::npos, other.substr(below(other.size() + 1))));
      }
      case 5:
        if (at < s.size()) s[at] = static_cast<char>(s[at] ^ 1 << below(8));
        return;
      default:  // a digit
        if (const auto digit = s.find_first_of("0123456789", at); digit != std::string::npos) s[digit] = static_cast<char>('0' + below(10));
    }
  }

  static constexpr std::array<std::string_view, 12> words{"\x01", "=", "|", "8=FIX.4.4\x01" "9=", "\x01" "10=", "\n", "0", "-1", "999999999999", "\x01" "453=2\x01", "<field name='", "' required='Y'/>"};
  std::vector<std::string> seeds_;
  std::mt19937_64 random_{20'260'302};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::cerr << "usage: " << argv[0] << " INPUTS KEPT FOLDER ...\n", 2;
  std::vector<std::string> seeds;
  for (int i = 3; i < argc; ++i)
    for (const auto& entry : std::filesystem::directory_iterator{argv[i]}) {
      std::cout << entry.path().filename().string() << std::endl;  // flushed: the last line names the culprit
      seeds.push_back(contents(entry.path()));
      run(seeds.back());
    }
  if (seeds.empty()) return 1;
  std::sort(seeds.begin(), seeds.end());  // folders have no order
  const auto inputs = std::stoul(argv[1]);
  damage made{seeds};
  std::cout << "damaged; the last input is in " << argv[2] << std::endl;
  for (std::size_t i = 0; i < inputs; ++i) {
    const std::string input = made.next();
    std::ofstream{argv[2], std::ios::binary | std::ios::trunc} << input;
    run(input);
  }
  std::filesystem::remove(argv[2]);
  std::cout << seeds.size() << " inputs replayed, " << inputs << " damaged ones\n";
}

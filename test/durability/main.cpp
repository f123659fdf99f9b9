// A party of the durability proof, or the comparison of two; durability.py starts it.
//
//   durability_party party NAME FOLDER PORT STORE DURABILITY LIFE SABOTAGE     see party.hpp
//   durability_party compare FOLDER settled|buyer|venue                        see comparison.hpp; buyer and venue: which were killed
//
// `compare` prints a line of counts and a line for each thing that is wrong, and ends with 1 if there is one.
#include "test/durability/comparison.hpp"
#include "test/durability/party.hpp"

#include <iostream>
#include <stdexcept>

namespace {

using namespace troupe;
using namespace troupe::durability;

struct finding_list {
  const char* what;
  std::vector<std::string> demo::verdict::* list;
};
// What is lost comes last: there may be many of them behind one of the others.
constexpr finding_list finding_lists[] = {{"reused", &demo::verdict::reused},
                                          {"duplicated", &demo::verdict::duplicated},
                                          {"unknown", &demo::verdict::unknown},
                                          {"out-of-order", &demo::verdict::out_of_order},
                                          {"lost", &demo::verdict::lost}};

int tell(const demo::verdict& v) {
  std::cout << "compared " << v.compared << " redelivered " << v.redelivered;
  for (const auto& [what, list] : finding_lists) std::cout << ' ' << what << ' ' << (v.*list).size();
  std::cout << '\n';
  for (const auto& [what, list] : finding_lists)
    for (const auto& finding : v.*list) std::cout << what << ": " << finding << '\n';
  return v.is_clean() ? 0 : 1;
}

int compare(const std::filesystem::path& folder, const std::string& what) {
  const auto buyer = read_evidence(folder, "buyer"), venue = read_evidence(folder, "venue");
  if (what == "settled") return tell(settled(buyer, venue) + settled(venue, buyer) + answers(venue));
  if (what == "buyer") return tell(killed(buyer, venue));
  if (what == "venue") return tell(killed(venue, buyer) + answers(venue));
  throw std::runtime_error{"compare what? settled, buyer or venue, and not '" + what + "'"};
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> words{argv + 1, argv + argc};
  if (words.size() == 8 && words[0] == "party")
    return run_party({words[1], words[2], static_cast<std::uint16_t>(std::stoul(words[3])), words[4], words[5], std::stoull(words[6]), words[7]});
  if (words.size() == 3 && words[0] == "compare") return compare(words[1], words[2]);
  std::cerr << "usage: durability_party party NAME FOLDER PORT STORE DURABILITY LIFE SABOTAGE | compare FOLDER settled|buyer|venue\n";
  return 2;
} catch (const std::exception& e) {
  std::cout << "failed: " << e.what() << std::endl;
  return 2;
}

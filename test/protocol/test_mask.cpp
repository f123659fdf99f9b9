#include "protocol/mask.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <vector>

using namespace troupe::protocol;

namespace {

std::string wire(std::string text) {
  std::replace(text.begin(), text.end(), '|', '\x01');
  return text;
}
std::string readable(std::string text) {
  std::replace(text.begin(), text.end(), '\x01', '|');
  return text;
}
std::string frame(const std::string& text) { return readable(masked_frame(wire(text))); }
std::string garbled(const std::string& text) {
  garbled_masker mask;
  std::string out;
  mask.append(out, wire(text));
  return readable(out);
}

class dice {
 public:
  explicit dice(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random_); }
  // Nothing that occurs anywhere else in a message.
  std::string secret() {
    std::string s;
    for (std::size_t n = 6 + below(20); n > 0; --n) s += static_cast<char>('a' + below(26));
    return s;
  }

 private:
  std::mt19937 random_;
};

// A message with secrets in every place, in some order.
std::string message(dice& d, std::vector<std::string>& secrets) {
  const auto next = [&] { return secrets.emplace_back(d.secret()); };
  const std::string raw = next() + "\x01" + next();
  const std::string encrypted = next() + "\x01" "58=" + next();
  std::vector<std::string> fields = {"49=US\x01", "56=THEM\x01", "108=30\x01", "553=USER\x01", "554=" + next() + "\x01", "925=" + next() + "\x01",
                                     "95=" + std::to_string(raw.size()) + "\x01" "96=" + raw + "\x01",
                                     "1401=" + std::to_string(encrypted.size()) + "\x01" "1402=" + encrypted + "\x01",
                                     "1404=" + next() + "\x01"};
  for (std::size_t i = fields.size(); i > 1; --i) std::swap(fields[i - 1], fields[d.below(i)]);
  std::string out = "8=FIX.4.4\x01" "9=200\x01" "35=A\x01";
  for (const auto& f : fields) out += f;
  return out + "10=123\x01";
}

void contains_none(const std::string& log, const std::vector<std::string>& secrets) {
  for (const auto& s : secrets) BOOST_TEST(log.find(s) == std::string::npos, readable(log) << " shows " << s);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mask)

BOOST_AUTO_TEST_CASE(a_password_becomes_three_stars_of_any_length) {
  const std::string expected = "8=FIX.4.4|9=***|35=A|34=1|108=30|553=me|554=***|925=***|10=***|";
  BOOST_TEST(frame("8=FIX.4.4|9=60|35=A|34=1|108=30|553=me|554=x|925=y|10=001|") == expected);
  BOOST_TEST(frame("8=FIX.4.4|9=70|35=A|34=1|108=30|553=me|554=longer|925=than that|10=002|") == expected);
}

BOOST_AUTO_TEST_CASE(a_frame_without_secrets_is_left_alone) {
  const std::string order = "8=FIX.4.2|9=60|35=D|11=554|58=554 or 1554=x|1554=kept|95=3|96=abc|10=001|";
  BOOST_TEST(frame(order) == order);
}

BOOST_AUTO_TEST_CASE(raw_data_is_a_secret_in_a_logon_only) {
  BOOST_TEST(frame("8=FIX.4.2|9=60|35=A|95=7|96=se|cret|98=0|10=001|") == "8=FIX.4.2|9=***|35=A|95=***|96=***|98=0|10=***|");
  BOOST_TEST(frame("8=FIX.4.2|9=60|35=B|95=7|96=se|cret|98=0|10=001|") == "8=FIX.4.2|9=60|35=B|95=7|96=se|cret|98=0|10=001|");
}

BOOST_AUTO_TEST_CASE(data_that_is_longer_than_it_claims_hides_the_rest) {
  BOOST_TEST(frame("8=FIX.4.2|9=60|35=A|95=3|96=secret|98=0|10=001|") == "8=FIX.4.2|9=***|35=A|95=***|96=***");
  BOOST_TEST(garbled("35=A|95=3|96=secret|98=0|8=FIX.4.4|35=0|") == "35=A|95=***|96=***|8=FIX.4.4|35=0|");
}

BOOST_AUTO_TEST_CASE(empty_values) {
  BOOST_TEST(frame("8=FIX.4.2|9=60|35=A|95=0|96=|554=|98=0|10=001|") == "8=FIX.4.2|9=***|35=A|95=***|96=***|554=***|98=0|10=***|");
}

BOOST_AUTO_TEST_CASE(garbled_bytes_are_masked_where_a_tag_can_be_seen) {
  BOOST_TEST(garbled("108=30554=secret|58=x") == "108=30554=***|58=x");
  BOOST_TEST(garbled("|0554 =secret") == "|0554 =***");
  BOOST_TEST(garbled("35=D|96=secret|") == "35=D|96=***|");
  BOOST_TEST(garbled("") == "");
}

BOOST_AUTO_TEST_CASE(no_secret_survives_in_a_frame) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    dice d{seed};
    std::vector<std::string> secrets;
    const std::string m = message(d, secrets);
    contains_none(masked_frame(m), secrets);
  }
}

BOOST_AUTO_TEST_CASE(no_secret_survives_however_garbled_bytes_are_cut) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    dice d{seed};
    std::vector<std::string> secrets;
    const std::string m = message(d, secrets) + message(d, secrets);
    garbled_masker whole, pieces;
    std::string once, cut;
    whole.append(once, m);
    for (std::size_t at = 0; at < m.size();) {
      const std::size_t n = std::min(m.size() - at, 1 + d.below(12));
      pieces.append(cut, std::string_view{m}.substr(at, n));
      at += n;
    }
    contains_none(once, secrets);
    BOOST_TEST(once == cut);
  }
}

// A truncated frame, a doubled byte, a lost byte: whatever happens behind a secret's tag, the secret stays hidden.
BOOST_AUTO_TEST_CASE(no_secret_survives_in_odd_frames) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    dice d{seed};
    const std::string secret = d.secret();
    std::string before = "8=FIX.4.4\x01" "9=20\x01" "35=A\x01" "49=US\x01", after = "\x01" "98=0\x01" "10=123\x01";
    before.erase(d.below(before.size()), 1);
    before.insert(d.below(before.size()), 1, static_cast<char>(d.below(256)));
    after.resize(d.below(after.size() + 1));
    const std::string odd = before + "\x01" "554=" + secret + after;
    garbled_masker mask;
    std::string out;
    mask.append(out, odd);
    contains_none(out, {secret});
    contains_none(masked_frame(odd), {secret});
  }
}

BOOST_AUTO_TEST_SUITE_END()

// Typed messages that this project generates with what is installed. Argument: what GOLD is in the venue's dictionary.
#include "acme/venue/tier_change.hpp"
#include "fix44/new_order_single.hpp"

#include <string>

int main(int, char** arguments) {
  using namespace troupe::protocol;
  fix44::new_order_single order;
  order.cl_ord_id("A-1").side(fix44::side::buy).price(101.25_dec);
  order.no_party_ids().entry().party_id("DESK").party_role(fix44::party_role::executing_firm);
  std::string expected = "11=A-1|54=1|44=101.25|453=1|448=DESK|452=1|";
  for (char& c : expected)
    if (c == '|') c = '\x01';
  if (order.build().message.body != expected) return 1;

  acme::venue::tier_change change;
  change.venue_tier(acme::venue::venue_tier::gold);
  return change.build().message.body == "20001=" + std::string{arguments[1]} + "\x01" ? 0 : 2;
}

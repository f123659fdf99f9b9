// With troupe::protocol alone: a frame out of a stream, a field out of the frame.
#include "protocol/framer.hpp"
#include "protocol/message_view.hpp"

#include <cstdio>
#include <string>

int main() {
  using namespace troupe::protocol;
  std::string stream = "8=FIX.4.2|9=36|35=0|34=2|49=BUY|52=0|56=SELL|112=T|10=";
  for (char& c : stream)
    if (c == '|') c = '\x01';
  unsigned sum = 0;
  for (const char c : stream.substr(0, stream.size() - 3)) sum += static_cast<unsigned char>(c);
  char check_sum[8];
  std::snprintf(check_sum, sizeof check_sum, "%03u\x01", sum % 256);
  stream += check_sum;

  const frame_result heard = framer{}.next(stream);
  message_view view;
  if (heard.what != frame_result::kind::frame || view.assign(heard.frame) != parse_error::none) return 1;
  return view.find(112) == "T" ? 0 : 2;
}

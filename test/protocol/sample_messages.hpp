// Valid messages with everything that makes a codec's life hard, written for these tests.
#pragma once

#include "test/support/fix_text.hpp"

#include <string>
#include <vector>

namespace troupe::test {

inline std::vector<std::string> sample_messages() {
  const std::string head = "|34=2|49=BUY|52=20240506-07:08:09.010|56=SELL|";
  std::vector<std::string> texts{
      "8=FIX.4.0|35=A|34=1|49=BUY|52=20240506-07:08:09|56=SELL|98=0|108=30|",
      "8=FIX.4.2|35=0" + head,
      "8=FIX.4.2|35=1" + head + "112=a=b==|",
      "8=FIX.4.2|35=A" + head + "98=0|95=15|96=p|10=123|q|8=FI|108=30|",
      "8=FIXT.1.1|35=A" + head + "98=0|108=30|1137=9|553=me|554=secret|",
      "8=FIX.4.2|35=D" + head + "11=A1|21=1|55=XYZ|54=1|60=20240506-07:08:09|38=100|40=2|44=-0.50|59=0|",
      // header fields out of ascending order, a hop group, secure data with SOH
      "8=FIX.4.4|35=D|49=BUY|56=SELL|128=VENUE|90=5|91=a|b|c|34=9|50=DESK|97=Y|52=20240506-07:08:09|627=2|628=H1|630=1|628=H2|11=A2|",
      // one group, two entries, one level nested, members left out
      "8=FIX.4.4|35=D" + head + "11=A3|453=2|448=P1|447=D|452=1|802=2|523=S1|803=4|523=S2|803=5|448=P2|452=3|55=XYZ|54=1|38=1|",
      "8=FIX.4.4|35=W" + head + "55=EUR/USD|268=3|269=0|270=1.08|271=1|269=0|270=1.07|271=2|269=1|270=1.09|271=3|",
      "8=FIX.4.4|35=X" + head + "268=2|279=0|269=0|278=1|55=A|270=10|279=2|269=1|278=2|55=B|",
      // the same group under two parents, in two entries
      "8=FIX.4.4|35=AE" + head + "571=T|32=1|31=2|552=2|54=1|37=O1|453=1|448=A|447=D|452=1|54=2|37=O2|453=1|448=B|447=D|452=1|",
      // three deep: NoSides, NoAllocs, NoNested2PartyIDs
      "8=FIX.4.4|35=AE" + head + "571=T|552=1|54=1|37=O|78=2|79=X|756=1|757=N|758=D|759=4|80=1|79=Y|756=1|757=M|758=D|759=4|80=2|",
      // groups without an entry, and with a user-defined count
      "8=FIX.4.4|35=D" + head + "11=A4|453=0|55=XYZ|54=1|",
      "8=FIX.4.4|35=D" + head + "11=A5|55=XYZ|9001=2|9002=a|9003=b|9002=c|9003=d|",
      "8=FIX.4.2|35=B" + head + "148=x|33=2|58=l1|354=4|355=a|=b|58=l2|354=1|355=||",
      "8=FIX.4.4|35=5" + head + "58=bye|354=6|355=\xe3\x81\x95\xe3\x81\x82|",
      "8=FIX.4.4|35=j" + head + "45=2|372=D|380=3|",
      // a whole message that travels as data, and looks like a field of its own
      "8=FIX.4.4|35=n" + head + "212=71|213=<x>|8=FIX.4.2|9=41|35=0|34=2|49=A|52=20240506-07:08:09|56=B|10=144|</x>|",
      "8=FIX.4.4|35=0" + head + "93=4|89=s|ig|",
  };
  std::vector<std::string> frames;
  for (const std::string& text : texts) frames.push_back(with_trailer(text));
  return frames;
}

}  // namespace troupe::test

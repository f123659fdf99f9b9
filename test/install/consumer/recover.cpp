// Two engines in virtual time; the process of one is killed, and nothing is lost.
#include "actors/testing/stage.hpp"

#include <cstdio>

int main() {
  troupe::actors::testing::stage s;
  s.start();
  s.buyer.order("A1");
  s.run();
  s.seller.kill();
  if (!s.seller.start().error.empty() || !s.settle() || !s.broken_promises().empty()) return 1;
  std::printf("%s\n", s.buyer.seen().c_str());
  return s.buyer.seen() == "EA1" ? 0 : 1;
}

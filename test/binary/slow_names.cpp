// A name server for a process that loads this in front of the C library: dead.test never answers, two.test has two addresses, of which
// the first is 127.0.0.2, and good.test is 127.0.0.1. The others are the system's.
#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <string_view>

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* wanted, addrinfo** found) {
  static const auto of_system = reinterpret_cast<decltype(&::getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  const std::string_view asked{name ? name : ""};
  while (asked == "dead.test") ::pause();
  if (asked == "good.test") return of_system("127.0.0.1", service, wanted, found);
  if (asked != "two.test") return of_system(name, service, wanted, found);
  addrinfo* second = nullptr;
  if (const int error = of_system("127.0.0.2", service, wanted, found); error != 0) return error;
  if (const int error = of_system("127.0.0.1", service, wanted, &second); error != 0) return error;
  addrinfo* last = *found;
  while (last->ai_next) last = last->ai_next;
  last->ai_next = second;
  return 0;
}

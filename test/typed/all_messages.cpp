// Everything that is generated compiles, with all warnings, beside each other: the largest dictionary, the oldest, one that
// does its worst.
#include <fix40/all.hpp>
#include <fix42/all.hpp>
#include <fix44/all.hpp>
#include <fix50sp2/all.hpp>
#include <house/own/all.hpp>

// Each header stands on its own: the one that needs most is compiled alone in test_typed.cpp.
static_assert(fix40::tag::ClOrdID == 11 && fix44::msg_type::NewOrderSingle == "D");
static_assert(fix50sp2::logon::msg_type == "A", "session messages and header come from the transport dictionary");

// What every store promises, checked against journals. A file of its own, as the compiler takes long for each of them.
#include "test/store/backends.hpp"

#include <boost/mpl/list.hpp>

namespace troupe::test {

using all_backends = boost::mpl::list<journal_backend, small_journal_backend, journal_power_backend>;

}  // namespace troupe::test

#include "test/store/contract_cases.hpp"

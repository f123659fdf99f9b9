// What every store promises, checked against memory and SQLite.
#include "test/store/backends.hpp"

#include <boost/mpl/list.hpp>

namespace troupe::test {

using all_backends = boost::mpl::list<memory_backend, sqlite_backend, settling_sqlite_backend, sqlite_power_backend>;

}  // namespace troupe::test

#include "test/store/contract_cases.hpp"

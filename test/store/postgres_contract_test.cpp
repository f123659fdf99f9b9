// What every store promises, checked against PostgreSQL.
#include "test/store/postgres_backend.hpp"

#include <boost/mpl/list.hpp>

namespace troupe::test {

using all_backends = boost::mpl::list<postgres_backend, postgres_process_backend>;

}  // namespace troupe::test

#include "test/store/contract_cases.hpp"

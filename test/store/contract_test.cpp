// What every store promises, checked against those that are memory or files.
#include "test/store/backends.hpp"
#include "test/store/contract_cases.hpp"

// The store could not be read just now, and nothing of it is lost: the same question may be asked again.
//
// Thrown by fetch and find_token of a store. What does not pass is a store_error, and the end of the store's actor.
#pragma once

#include <stdexcept>

namespace troupe::store {

class store_unavailable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace troupe::store

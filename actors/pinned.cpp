#include "actors/pinned.hpp"

namespace troupe::actors {

caf::error reason_of(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    return caf::make_error(caf::sec::runtime_error, std::string{e.what()});
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error, std::string{"an exception that is no std::exception"});
  }
}

std::string reason_text(const caf::error& reason) {
  if (reason == caf::sec::runtime_error) {
    auto context = reason.context();
    if (context.match_elements<std::string>()) return context.get_as<std::string>(0);
  }
  return caf::to_string(reason);
}

}  // namespace troupe::actors

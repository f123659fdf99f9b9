// `troupe verify-store`: what of a store is damaged, where, and what will happen. Beside its engine, or when there is none.
#pragma once

#include "apps/store_place.hpp"

namespace CLI {
class App;
}

namespace troupe::apps {

[[nodiscard]] CLI::App* add_verify_store(CLI::App& app, store_question& into);

// The exit code: done, faults_found, unreadable.
[[nodiscard]] int verify_store(const store_question& q);

}  // namespace troupe::apps

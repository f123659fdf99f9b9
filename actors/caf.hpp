// The only place that includes CAF and knows what differs between its versions.
#pragma once

#include <caf/all.hpp>
#include <caf/init_global_meta_objects.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>

namespace troupe::actors {

// A signature of a typed interface: sig<answer(question)>. One spelling for CAF 0.17 and 1.x.
template <class>
struct signature;

#if CAF_VERSION_MAJOR >= 1
template <class R, class... A>
struct signature<R(A...)> {
  using type = caf::result<R>(A...);
};
#else
template <class R, class... A>
struct signature<R(A...)> {
  using type = typename caf::replies_to<A...>::template with<R>;
};
template <class... A>
struct signature<void(A...)> {
  using type = caf::reacts_to<A...>;
};
#endif
template <class F>
using sig = typename signature<F>::type;

}  // namespace troupe::actors

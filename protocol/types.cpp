#include "protocol/types.hpp"

namespace troupe::protocol {

std::string to_string(const session_id& id) {
  std::string text = id.begin_string + ':' + id.sender_comp_id + "->" + id.target_comp_id;
  if (!id.qualifier.empty()) text += ':' + id.qualifier;
  return text;
}

}  // namespace troupe::protocol

std::size_t std::hash<troupe::protocol::session_id>::operator()(const troupe::protocol::session_id& id) const noexcept {
  std::size_t seed = 0;
  for (const std::string* part : {&id.begin_string, &id.sender_comp_id, &id.target_comp_id, &id.qualifier})
    seed = seed * 31 + std::hash<std::string>{}(*part);
  return seed;
}

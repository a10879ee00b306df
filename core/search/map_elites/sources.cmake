target_sources(mergarium_core PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/descriptors.cpp
  ${CMAKE_CURRENT_LIST_DIR}/map_elites.cpp
  ${CMAKE_CURRENT_LIST_DIR}/map_elites_kind.cpp)

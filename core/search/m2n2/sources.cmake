target_sources(mergarium_core PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/m2n2.cpp
  ${CMAKE_CURRENT_LIST_DIR}/m2n2_kind.cpp)

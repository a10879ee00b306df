target_sources(mergarium_core PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/ratio_search.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ratio_search_kind.cpp)

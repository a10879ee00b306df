target_sources(mergarium_core PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/cma_es.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cma_es_kind.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cma_es_search.cpp
  ${CMAKE_CURRENT_LIST_DIR}/point_decoder.cpp)

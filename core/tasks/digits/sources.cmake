target_sources(mergarium_core PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/digits.cpp
  ${CMAKE_CURRENT_LIST_DIR}/digits_kind.cpp
  ${CMAKE_CURRENT_LIST_DIR}/digits_settings.cpp)
target_sources(mergarium_networks PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/classifier.cpp
  ${CMAKE_CURRENT_LIST_DIR}/digits_founders.cpp
  ${CMAKE_CURRENT_LIST_DIR}/digits_network.cpp)

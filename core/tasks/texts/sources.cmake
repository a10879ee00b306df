# What tasks on texts have in common.
target_sources(mergarium_core PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/question_files.cpp
  ${CMAKE_CURRENT_LIST_DIR}/question_set.cpp)
target_sources(mergarium_networks PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/scored_decoder.cpp
  ${CMAKE_CURRENT_LIST_DIR}/text_task.cpp
  ${CMAKE_CURRENT_LIST_DIR}/text_reading.cpp)

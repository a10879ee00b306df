target_sources(mergarium_core PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/text_classification_kind.cpp
  ${CMAKE_CURRENT_LIST_DIR}/text_classification_settings.cpp)
target_sources(mergarium_networks PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/labelled_texts.cpp
  ${CMAKE_CURRENT_LIST_DIR}/text_classification_network.cpp
  ${CMAKE_CURRENT_LIST_DIR}/text_classification_task.cpp)

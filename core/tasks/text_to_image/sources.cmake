target_sources(mergarium_core PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/captions.cpp
  ${CMAKE_CURRENT_LIST_DIR}/text_to_image_kind.cpp
  ${CMAKE_CURRENT_LIST_DIR}/text_to_image_settings.cpp)
target_sources(mergarium_networks PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/picture_judge.cpp
  ${CMAKE_CURRENT_LIST_DIR}/picture_plan.cpp
  ${CMAKE_CURRENT_LIST_DIR}/text_to_image_network.cpp
  ${CMAKE_CURRENT_LIST_DIR}/text_to_image_task.cpp)

target_sources(mergarium_core PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/command_kind.cpp
  ${CMAKE_CURRENT_LIST_DIR}/command_settings.cpp
  ${CMAKE_CURRENT_LIST_DIR}/command_task.cpp
  ${CMAKE_CURRENT_LIST_DIR}/sample_file.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder_genome_writer.cpp)

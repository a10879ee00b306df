target_sources(mergarium_core PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/evaluator_program.cpp)

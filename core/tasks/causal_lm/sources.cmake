target_sources(mergarium_core PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/answer_check.cpp
  ${CMAKE_CURRENT_LIST_DIR}/causal_lm_kind.cpp
  ${CMAKE_CURRENT_LIST_DIR}/causal_lm_settings.cpp
  ${CMAKE_CURRENT_LIST_DIR}/chat.cpp
  ${CMAKE_CURRENT_LIST_DIR}/questions.cpp)
target_sources(mergarium_networks PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/begin_token.cpp
  ${CMAKE_CURRENT_LIST_DIR}/causal_lm_network.cpp
  ${CMAKE_CURRENT_LIST_DIR}/causal_lm_task.cpp
  ${CMAKE_CURRENT_LIST_DIR}/founders_reading.cpp
  ${CMAKE_CURRENT_LIST_DIR}/prepared_questions.cpp)

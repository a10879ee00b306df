# Where several files are compiled as one (CMAKE_UNITY_BUILD), those of one folder are, at most eight: a name in an anonymous
# namespace must differ within its folder, and a new folder changes nothing for the others. To be called when the target
# has all its sources.
function(mergarium_unite_folders target)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    if(NOT source MATCHES "\\.cpp$")
      continue()
    endif()
    get_filename_component(folder ${source} DIRECTORY)
    string(MAKE_C_IDENTIFIER "${folder}" group)
    math(EXPR part "${count_${group}} + 0")
    math(EXPR count_${group} "${part} + 1")
    math(EXPR part "${part} / 8")
    set_property(SOURCE ${source} PROPERTY UNITY_GROUP ${group}_${part})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
endfunction()

# What every target of ours is compiled with. Headers of others are SYSTEM, so these speak of our code alone.
add_library(mergarium_options INTERFACE)
target_compile_options(mergarium_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  # Designated initialisers name what differs from the defaults; the rest is left out on purpose.
  -Wno-missing-field-initializers
  # GCC 12 warns of overlaps where there are none, in std::string's own operator+ (its bug 105651), and in
  # precompiled headers of insert and replace.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict$<SEMICOLON>-Wno-stringop-overflow$<SEMICOLON>-Wno-array-bounds>
  # What is compiled with others as one is no header.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>
  # GCC sweeps its memory at every 128 MB, which a precompiled header fills at once: a tenth of its time.
  $<$<CXX_COMPILER_ID:GNU>:SHELL:--param=ggc-min-heapsize=1000000>
  # Nobody replaces our functions, so the compiler may inline across them in shared libraries too.
  -fno-semantic-interposition
  $<$<BOOL:${MERGARIUM_WARNINGS_AS_ERRORS}>:-Werror>)
target_include_directories(mergarium_options INTERFACE ${PROJECT_SOURCE_DIR})

if(MERGARIUM_SANITIZE)
  target_compile_options(mergarium_options INTERFACE
    -fsanitize=${MERGARIUM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(mergarium_options INTERFACE -fsanitize=${MERGARIUM_SANITIZE})
endif()

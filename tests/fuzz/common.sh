# What tests/fuzz/run and tests/fuzz/long share; both start it in the repository's root.

# build SANITIZED|FAST: build/fuzz with address and undefined-behaviour sanitizers, build/fuzz-fast without.
build() {
  local folder=build/fuzz sanitizers=address,undefined
  if [ "$1" = FAST ]; then folder=build/fuzz-fast sanitizers=; fi
  cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER=clang++ -DMERGARIUM_FUZZ=ON \
    "-DMERGARIUM_FUZZ_SANITIZERS=$sanitizers" >/dev/null
  if ! cmake --build "$folder" >"$folder/build.log"; then
    tail -n 60 "$folder/build.log"
    return 1
  fi
}

# fuzz FOLDER NAME OPTION ...: into FOLDER/NAME.log. New inputs go to build/fuzz/found/NAME, of both builds, failing ones
# to FOLDER/NAME-*. The corpus is only read.
fuzz() {
  local folder=$1 name=$2
  mkdir -p "build/fuzz/found/$name"
  local options=(-timeout=5 -rss_limit_mb=1024 -max_len=65536 -len_control=200 -close_fd_mask=1 -print_final_stats=1
    "-artifact_prefix=$folder/$name-" "${@:3}")
  [ -e "tests/fuzz/dictionaries/$name.dict" ] && options+=("-dict=tests/fuzz/dictionaries/$name.dict")
  nice "$folder/tests/fuzz/fuzz_$name" "${options[@]}" "build/fuzz/found/$name" "tests/fuzz/corpus/$name" \
    >"$folder/$name.log" 2>&1
}

# executions LOG: how many there were, also where one failed.
executions() {
  local count
  count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$1")
  echo "${count:-0}"
}

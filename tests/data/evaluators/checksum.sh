#!/bin/sh
# Scores models by the bits of their files' checksums, in the folder of the founders a.safetensors and b.safetensors. A
# fifth of the others fails.
dataOf() { tail -c 256 "$1" | cksum; }
one=$(dataOf a.safetensors) other=$(dataOf b.safetensors)
while IFS= read -r line; do
    id=${line#*: }; id=${id%%,*}
    path=${line#*\"checkpoint\": \"}; path=${path%%\"*}
    sum=$(cksum < "$path/model.safetensors"); sum=${sum%% *}
    case $(dataOf "$path/model.safetensors") in
        "$one" | "$other") ;;
        *) [ $((sum % 5)) = 0 ] && { echo "{\"id\": $id, \"error\": \"unlucky\"}"; continue; } ;;
    esac
    count=${line#*\"count\": }; count=${count%%,*}; first=${line#*\"index\": }; first=${first%%[,\}]*}; scores=
    while [ $count -gt 0 ]; do
        scores="$scores, $(((sum >> (first % 24)) & 1))"; first=$((first + 1)); count=$((count - 1))
    done
    echo "{\"id\": $id, \"scores\": [${scores#, }]}"
done

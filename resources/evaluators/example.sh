#!/bin/sh
# The smallest evaluator for Mergarium (docs/evaluators.md). It understands nothing of models: scores come from the
# checksum of the file, always the same for the same model. A stand-in for trying things out.
while IFS= read -r request; do
    # The fields come in this order, the short ones first; quotes and backslashes in the path would be escaped.
    fields=$(printf '%s\n' "$request" | sed 's/^{"id": \([0-9]*\), "checkpoint": "\([^"]*\)", "model": [0-9]*, "split": "[a-z]*", "count": \([0-9]*\),.*/\1 \3 \2/')
    read -r id count checkpoint <<END
$fields
END
    checksum=$(cksum < "$checkpoint/model.safetensors") || exit 1
    awk -v id="$id" -v count="$count" -v checksum="${checksum%% *}" 'BEGIN {
        printf "{\"id\": %d, \"scores\": [", id
        for (j = 0; j < count; ++j) printf("%s%.3f", (j > 0 ? ", " : ""), (checksum % 65521 * (j + 1)) % 1009 / 1008)
        print "]}"
    }'
done

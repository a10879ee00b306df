#!/usr/bin/env python3
"""An evaluator for Mergarium, complete, with Python's standard library alone (docs/evaluators.md).

Every sample names one number of the model and what it should be:
    {"tensor": "model.norm.weight", "element": 3, "target": 1.02, "scale": 0.5}
The score is 1 when the model has that number, and falls to 0 at a distance of `scale`. Your own evaluator would load the
model with the library of your choice and score what it makes of the sample.
"""

import json
import os
import struct
import sys

# What is printed is the answer, so whatever else prints must go elsewhere.
answers = sys.stdout
sys.stdout = sys.stderr


class Model:
    """The tensors of a safetensors file, read number by number."""

    FORMATS = {"F64": "<d", "F32": "<f", "F16": "<e"}

    def __init__(self, path):
        self.file = open(path, "rb")
        (length,) = struct.unpack("<Q", self.file.read(8))
        self.tensors = json.loads(self.file.read(length))
        self.data = 8 + length

    def number(self, tensor, element):
        entry = self.tensors[tensor]
        begin, end = entry["data_offsets"]
        size = 2 if entry["dtype"] == "BF16" else struct.calcsize(self.FORMATS[entry["dtype"]])
        if not 0 <= element * size < end - begin:
            raise IndexError(f"{tensor} has no element {element}")
        self.file.seek(self.data + begin + element * size)
        stored = self.file.read(size)
        if entry["dtype"] == "BF16":  # the upper half of an F32
            return struct.unpack("<f", b"\0\0" + stored)[0]
        return struct.unpack(self.FORMATS[entry["dtype"]], stored)[0]


def judge(model, sample):
    number = model.number(sample["tensor"], sample["element"])
    return round(max(0.0, 1.0 - abs(number - sample["target"]) / sample["scale"]), 3), f"{number:.6g}"


# Asked again about the same model (another batch, the held-out samples), there is nothing to load.
loaded, model = None, None
for line in sys.stdin:
    request = json.loads(line)
    if request["model"] != loaded:
        model = Model(os.path.join(request["checkpoint"], "model.safetensors"))
        loaded = request["model"]
    judged = [judge(model, sample) for sample in request["samples"]]
    answer = {"id": request["id"], "scores": [score for score, _ in judged], "texts": [text for _, text in judged]}
    print(json.dumps(answer), file=answers, flush=True)

"""Writes expected.json: what Jinja2 itself, set up as transformers sets it up, makes of the templates here and of those
in language.txt. Needs python3-jinja2; written with Jinja2 3.1.6. strftime_now says what Mergarium's says."""

import datetime
import json
import pathlib

import jinja2.ext
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = pathlib.Path(__file__).parent


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("said"), [], [], body).set_lineno(line)

    def said(self, caller):
        return caller()


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


environment = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
environment.filters["tojson"] = lambda x, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
    x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
environment.globals["raise_exception"] = refuse
environment.globals["strftime_now"] = lambda form: datetime.datetime(2024, 7, 26).strftime(form)


def rendered(template, variables):
    """None: refused."""
    try:
        return environment.from_string(template).render(**variables)
    except Exception:
        return None


USER = {"role": "user", "content": " Hi there, na\u00efve?\n"}
SYSTEM = {"role": "system", "content": "Be brief.\nAlways. "}
ASSISTANT = {"role": "assistant", "content": "<think>\nWell.\n</think>\n\n Hello "}
CALL = {"role": "assistant", "content": None, "tool_calls": [
    {"type": "function", "function": {"name": "weather", "arguments": {"city": "K\u00f6ln", "days": 1}}}]}
ANSWER = {"role": "tool", "name": "weather", "content": '{"t": 3.5}'}
PARTS = {"role": "user", "content": [{"type": "text", "text": "Look "}, {"type": "image"}]}
TOOLS = [{"type": "function", "function": {
    "name": "weather", "description": "Tells it", "parameters": {
        "type": "object", "required": ["city"], "properties": {
            "days": {"type": ["integer", "null"], "default": 1}, "city": {"type": "string", "enum": ["K\u00f6ln", "Bonn"]},
            "at": {"type": "array", "items": {"type": "object", "required": ["x"], "properties": {
                "x": {"type": "number"}, "y": {"oneOf": [{"type": "string"}, {"type": "boolean", "description": "?"}]}}}}}}}}]
CHATS = [[USER], [SYSTEM, USER], [SYSTEM, USER, ASSISTANT, USER], [USER, CALL, ANSWER], [USER, CALL, ANSWER, ASSISTANT],
         [PARTS], [SYSTEM], [USER, USER], []]
MORE = [{}, {"tools": TOOLS, "enable_thinking": False}, {"system_default": "Be.", "refuses_system": True,
        "documents": [{"title": "One", "text": "first"}, {"title": "Two", "text": "second"}], "add_generation_prompt": False}]

chats = []
for path in sorted(HERE.glob("*.jinja")):
    template = path.read_text()
    for chat in CHATS:
        for more in MORE:
            variables = {"bos_token": "<s>", "eos_token": "</s>", "tools": None, "documents": None, "messages": chat,
                         "add_generation_prompt": True, **more}
            chats.append({"template": path.name, "variables": variables, "printed": rendered(template, variables)})

VALUES = {
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yo"},
                 {"role": "user", "content": "Bye\u00e9"}],
    "n": None, "t": True, "f": 1.5, "i": 7, "s": " ab cd  ef ", "l": [3, 1, 2], "d": {"b": 1, "a": [1, "x'y"], "items": 2},
    "e": [], "nested": {"a": {"b": [{"c": 1}, {"c": 2}]}}, "words": ["b", "A", "c", "a"],
    "u": "\u00df\u0130 \u00e9t\u00e9 it's o'neil x-y"}
language = [{"template": template, "printed": rendered(template, VALUES)}
            for template in (HERE / "language.txt").read_text().split("\n----\n")]

with open(HERE / "expected.json", "w") as file:
    json.dump({"chats": chats, "values": VALUES, "language": language}, file, ensure_ascii=False, indent=0)

"""Judges an OpenAPI document, its examples, and messages: JSON on standard input, findings on standard output.

Input: {"document": ..., "cases": [{"id", "schema", "body", "keeps"}]}, where "schema" is a pointer into the document."""

import json
import sys

from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

given = json.load(sys.stdin)
document = given["document"]
findings = [f"no OpenAPI 3.1: {error.message}" for error in OpenAPIV31SpecValidator(document).iter_errors()]
registry = Registry().with_resource("", Resource.from_contents(document, default_specification=DRAFT202012))


def complaint(schema, value):
    """What is wrong with a value, or None. References are into the document."""
    validator = Draft202012Validator(
        schema, registry=registry, format_checker=FormatChecker(), _resolver=registry.resolver("")
    )
    return next((error.message for error in validator.iter_errors(value)), None)


def media_types(node):
    """Each schema in the document that has examples, with them."""
    if isinstance(node, dict):
        if "schema" in node and "examples" in node:
            yield node["schema"], node["examples"]
        for child in node.values():
            yield from media_types(child)
    elif isinstance(node, list):
        for child in node:
            yield from media_types(child)


examples = 0
for schema, shown in media_types(document):
    for example in shown.values():
        examples += 1
        wrong = complaint(schema, example["value"])
        if wrong:
            findings.append(f"example {example['x-larder-fixture']}: {wrong}")
for case in given["cases"]:
    wrong = complaint({"$ref": case["schema"]}, case["body"])
    if case["keeps"] and wrong:
        findings.append(f"{case['id']} does not keep to {case['schema']}: {wrong}")
    if not case["keeps"] and not wrong:
        findings.append(f"{case['id']} keeps to {case['schema']}, and should not")
print(f"{examples} examples, {len(given['cases'])} messages")
print("\n".join(findings))
sys.exit(1 if findings else 0)

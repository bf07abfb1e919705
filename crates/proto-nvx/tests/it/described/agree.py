"""Says which values a JSON Schema judges otherwise than expected: on standard input a list of
{"name", "schema", "value", "valid"}, on standard output a line for each that is not as it says."""

import json
import sys

from jsonschema import Draft202012Validator

for case in json.load(sys.stdin):
    Draft202012Validator.check_schema(case["schema"])
    errors = [error.message for error in Draft202012Validator(case["schema"]).iter_errors(case["value"])]
    if (not errors) != case["valid"]:
        print(case["name"], errors or "is valid")

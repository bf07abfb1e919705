"""Judges WSDLs, and envelopes by them: on standard input a list of {"name", "wsdl", "envelopes": [{"name", "text", "valid"}]},
on standard output a line for each that is not as it should be.

A WSDL must keep to the schema of WSDL 1.1, and all that it refers to must be there (xmlschema); its types must be a schema
(libxml2), and what stands in an envelope's body must keep to it.
"""

import copy
import json
import os
import sys

import xmlschema
from lxml import etree
from xmlschema.extras.wsdl import Wsdl11Document

WSDL, XS = "{http://schemas.xmlsoap.org/wsdl/}", "{http://www.w3.org/2001/XMLSchema}"
SOAP12 = "{http://schemas.xmlsoap.org/wsdl/soap12/}"
GRAMMAR = xmlschema.XMLSchema(os.path.join(os.path.dirname(xmlschema.__file__), "schemas", "WSDL", "wsdl.xsd"))


def without_soap12(document):
    """xmlschema knows SOAP 1.1 alone."""
    document = copy.deepcopy(document)
    for element in [*document.iter(SOAP12 + "binding"), *document.iter(SOAP12 + "address")]:
        element.getparent().getparent().remove(element.getparent())
    return etree.tostring(document, encoding="unicode")


def body(text):
    root = etree.fromstring(text.encode())
    return next(element for element in root if etree.QName(element).localname == "Body")[0]


def problems(case):
    document = etree.fromstring(case["wsdl"].encode())
    yield from (error.reason for error in GRAMMAR.iter_errors(case["wsdl"]))
    Wsdl11Document(without_soap12(document), allow="local")
    # Written and read again, it has the prefixes that are declared around it.
    types = etree.tostring(next(document.iter(XS + "schema")))
    schema = etree.XMLSchema(etree.fromstring(types))
    for envelope in case["envelopes"]:
        valid = schema.validate(body(envelope["text"]))
        if valid != envelope["valid"]:
            yield f"{envelope['name']}: {schema.error_log.last_error or 'is valid'}"


for case in json.load(sys.stdin):
    for problem in problems(case):
        print(case["name"], problem)

"""Judges WSDLs, and envelopes by them: on standard input a list of {"name", "wsdl", "envelopes": [{"name", "text", "valid"}]},
on standard output a line for each that is not as it should be.

A WSDL must keep to the schema of WSDL 1.1, and all that it refers to must be there (xmlschema); its types must be a schema
(libxml2), and what stands in an envelope's body must keep to it. Descriptions want absent numbers, flags, dates and words to be
nil, so that toolkits have one argument for each; our client leaves them out, as REST does, and every reader takes both (N177).
So those elements, and no others, are put in their places before an envelope is judged.
"""

import copy
import json
import os
import sys

import xmlschema
from lxml import etree
from xmlschema.extras.wsdl import Wsdl11Document

WSDL, XS = "{http://schemas.xmlsoap.org/wsdl/}", "{http://www.w3.org/2001/XMLSchema}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
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


def with_nil(content, types):
    """Adds what must be there and may be nil, where it is not."""
    name = etree.QName(content)
    declared = next((one for one in types if (one.tag, one.get("name")) == (XS + "element", name.localname)), None)
    at = 0
    for parameter in [] if declared is None else declared.iterfind(f"{XS}complexType/{XS}sequence/{XS}element"):
        tag = f"{{{name.namespace}}}{parameter.get('name')}"
        if at < len(content) and content[at].tag == tag:
            at += 1
        elif parameter.get("nillable") == "true" and parameter.get("minOccurs") is None:
            content.insert(at, etree.Element(tag, {XSI + "nil": "true"}))
            at += 1
    return content


def problems(case):
    document = etree.fromstring(case["wsdl"].encode())
    yield from (error.reason for error in GRAMMAR.iter_errors(case["wsdl"]))
    Wsdl11Document(without_soap12(document), allow="local")
    # Written and read again, it has the prefixes that are declared around it.
    types = etree.tostring(next(document.iter(XS + "schema")))
    types = etree.fromstring(types)
    schema = etree.XMLSchema(types)
    for envelope in case["envelopes"]:
        valid = schema.validate(with_nil(body(envelope["text"]), types))
        if valid != envelope["valid"]:
            yield f"{envelope['name']}: {schema.error_log.last_error or 'is valid'}"


for case in json.load(sys.stdin):
    for problem in problems(case):
        print(case["name"], problem)

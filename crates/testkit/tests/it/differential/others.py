"""What others make of messages: lines of JSON in, lines of JSON out. The argument says which kind of message it is.

Bytes travel as texts whose characters are the bytes (ISO 8859-1). A refusal is {"error": why}.
"""

import json
import logging
import sys


def multipart(asked):
    from python_multipart.multipart import MultipartParser, parse_options_header

    parts, field, value = [], bytearray(), bytearray()
    ended = False

    def part_begin():
        parts.append({"headers": [], "content": bytearray()})

    def header_end():
        parts[-1]["headers"].append((field.decode("latin-1").lower(), value.decode("latin-1")))
        field.clear()
        value.clear()

    def end():
        nonlocal ended
        ended = True

    parser = MultipartParser(
        asked["boundary"].encode("latin-1"),
        {
            "on_part_begin": part_begin,
            "on_part_data": lambda data, start, stop: parts[-1]["content"].extend(data[start:stop]),
            "on_header_field": lambda data, start, stop: field.extend(data[start:stop]),
            "on_header_value": lambda data, start, stop: value.extend(data[start:stop]),
            "on_header_end": header_end,
            "on_end": end,
        },
    )
    body = asked["body"].encode("latin-1")
    for at in range(0, len(body), asked["split"]):
        parser.write(body[at : at + asked["split"]])
    parser.finalize()
    if not ended:
        return {"error": "it does not end"}
    told = []
    for part in parts:
        disposition = [value for name, value in part["headers"] if name == "content-disposition"]
        options = parse_options_header(disposition[-1] if disposition else None)[1]
        name, file_name = (options.get(key) for key in (b"name", b"filename"))
        told.append([None if text is None else text.decode("latin-1") for text in (name, file_name)])
        told[-1].append(part["content"].decode("latin-1"))
    return {"parts": told}


def form(asked):
    from urllib.parse import parse_qsl

    pairs = parse_qsl(asked["text"], keep_blank_values=True, errors="strict", separator="&")
    return {"pairs": pairs}


def xml(asked):
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=False)
    root = etree.fromstring(asked["text"].encode("latin-1"), parser)
    document = root.getroottree()
    return {
        "tree": tree(root),
        "written": [
            etree.tostring(document, encoding="utf-8", xml_declaration=True).decode("latin-1"),
            etree.tostring(document, encoding="us-ascii").decode("latin-1"),
            etree.tostring(document, method="c14n").decode("latin-1"),
            etree.tostring(document, method="c14n2").decode("latin-1"),
        ],
        "doctype": document.docinfo.doctype,
    }


def tree(node):
    """Name, attributes, and what is inside: texts and elements, comments and instructions left out."""
    inside = []

    def add(text):
        if not text:
            return
        if inside and isinstance(inside[-1], str):
            inside[-1] += text
        else:
            inside.append(text)

    add(node.text)
    for child in node:
        if isinstance(child.tag, str):
            inside.append(tree(child))
        add(child.tail)
    return [node.tag, sorted(node.attrib.items()), inside]


def main():
    logging.disable()
    judge = {"multipart": multipart, "form": form, "xml": xml}[sys.argv[1]]
    for line in sys.stdin:
        try:
            told = judge(json.loads(line))
        except Exception as error:  # Whatever another library throws is its refusal.
            told = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(told))


main()

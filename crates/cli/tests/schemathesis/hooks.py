"""What no schema can say of a request, so that a valid one is one that the service takes (ledger E43, E54, E67)."""

import base64
import binascii

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """A password's bytes become ASCII, as long and as well encoded as before; days come in order; a region is the one there is, which has no SSD."""
    body = case.body
    if not isinstance(body, dict):
        return
    password, begin, end = (body.get(name) for name in ("password", "date_from", "date_to"))
    if isinstance(password, str):
        try:
            content = base64.b64decode(password, validate=True)
            body["password"] = base64.b64encode(bytes(byte & 0x7F for byte in content)).decode()
        except (binascii.Error, ValueError):
            pass
    if isinstance(body.get("ssd_storage"), bool):
        body["ssd_storage"] = False
    if isinstance(body.get("region"), str) and 1 <= len(body["region"]) <= 5:
        body["region"] = "LOCAL"
    if isinstance(begin, str) and isinstance(end, str) and begin[:10] > end[:10]:
        body["date_from"], body["date_to"] = end, begin

"""Calls every SOAP operation that a service describes, as zeep understands the descriptions, and says what came of it.

    zeep_calls.py HOST CREDENTIALS

For each version of SOAP, every operation of the nine WSDLs is called once. On standard output: JSON, a list of calls, each
with its version, namespace, operation, arguments, and its outcome: an answer, or the code and the message of a fault. What is
secret or different each time has a name in angle brackets instead.
"""

import datetime
import json
import re
import sys

import requests
import zeep
from zeep.exceptions import Fault
from zeep.helpers import serialize_object

HOST, CREDENTIALS = sys.argv[1], json.load(open(sys.argv[2]))
NAMESPACES = ["Authentication", "IMFS", "Metadata", "Sharing", "Accounting", "Audio", "Image", "Transfer", "Video"]
CONTENT = b"over the wall\n" * 7
OPTIONS = ["width:320", "height:-1"]
# Most operations of Accounting spell the parameter `SessionToken`: not these.
SPELT_SMALL = {"ListChildAccounts", "SetAccountInfo", "SetAccountNotes", "GetAccountNotes"}


class Secrets:
    """What is shown by a name."""

    def __init__(self):
        self.names = {HOST: "<host>", CREDENTIALS["app_key"]: "<app key>", CREDENTIALS["master_password"]: "<password>"}

    def add(self, secret, name):
        self.names.setdefault(secret, f"<{name}>")
        return secret

    def hide(self, value):
        if isinstance(value, dict):
            shown = {key: one for key, one in value.items() if one is not None}
            return {key: "<number>" if key == "ItemID" else self.hide(one) for key, one in shown.items()}
        if isinstance(value, list):
            return [self.hide(one) for one in value]
        if isinstance(value, bytes):
            return f"<{len(value)} bytes>"
        if isinstance(value, (datetime.datetime, datetime.date)):
            return value.isoformat()
        if not isinstance(value, str):
            return value
        for secret, name in self.names.items():
            value = value.replace(secret, name)
        return re.sub(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "<date>", value)


class Service:
    """One version of SOAP, and REST beside it."""

    def __init__(self, version, secrets, calls):
        self.version, self.secrets, self.calls = version, secrets, calls
        suffix = "Soap" if version == "1.1" else "Soap12"
        self.http = requests.Session()
        # Nothing may stand between this and the service.
        self.http.trust_env = False
        self.proxies = {}
        for name in NAMESPACES:
            transport = zeep.Transport(session=self.http)
            client = zeep.Client(f"http://{HOST}/ws/{name}.asmx?WSDL", transport=transport)
            self.proxies[name] = client.bind(name, name + suffix)

    def call(self, namespace, operation, **arguments):
        """Calls, notes the outcome, and returns the answer; None for a fault."""
        answer, outcome = None, {}
        try:
            answer = serialize_object(getattr(self.proxies[namespace], operation)(**arguments), dict)
            outcome["answer"] = answer
        except Fault as fault:
            detail = fault.detail if fault.detail is not None else []
            response = next((one for one in detail if one.tag == "Response"), None)
            code = None if response is None else int(response.findtext("ResponseCode"))
            outcome = {"fault": code, "message": fault.message, "of": str(fault.code).split(":")[-1]}
        self.calls.append(
            {"version": self.version, "namespace": namespace, "operation": operation, "arguments": arguments} | outcome
        )
        return answer

    def rest(self, method, **parameters):
        answer = self.http.get(f"http://{HOST}/ws/{method}.ashx", params=parameters | {"output": "json"}).json()
        assert answer["ResponseCode"] == 0, (method, answer, self.calls)
        return answer

    def operations(self, namespace):
        return set(self.proxies[namespace]._binding._operations)


def same(soap, rest):
    """Whether SOAP says what REST says: nothing is null there, and one folder or file may be a list here."""
    if isinstance(rest, dict):
        return all(same(soap.get(key), value) for key, value in rest.items())
    if isinstance(rest, list):
        return len(soap or []) == len(rest) and all(same(one, other) for one, other in zip(soap or [], rest))
    return soap == rest or (rest is None and not soap) or (soap is None and rest == "")


def metadata(listing):
    """Metadata is markup within a text in JSON, and elements in SOAP: both as pairs, in place."""
    for entry in (listing.get("Folder") or []) + (listing.get("File") or []) + [listing]:
        value = entry.get("Metadata")
        if isinstance(value, str):
            entry["Metadata"] = re.findall(r'<Data Key="([^"]*)">([^<]*)</Data>', value) or None
        elif isinstance(value, dict):
            data = (value.get("MetaData") or {}).get("Data") or []
            entry["Metadata"] = [(one["Key"], one["_value_1"]) for one in data] or None
    return listing


def authentication(service, secrets):
    account = {"appKey": CREDENTIALS["app_key"], "userName": CREDENTIALS["master_user"]}
    password = CREDENTIALS["master_password"]
    # This ends all sessions.
    service.call("Authentication", "ChangePassword", **account, oldPassword=password, newPassword=password)
    child = {"childAccountUsername": "nobody", "childAccountPassword": secrets.add("child's own", "child's password")}
    service.call("Authentication", "SetChildAccountPassword", **account, password=password, **child)
    service.call("Authentication", "LoginProxy", **account, password=password, consumerIP="127.0.0.1")
    return secrets.add(service.call("Authentication", "Login", **account, password=password), "session")


def imfs(service, token, base, secrets):
    def call(operation, **arguments):
        return service.call("IMFS", operation, sessionToken=token, **arguments)

    file, texts = f"{base}/a.txt", lambda *all: {"string": list(all)}
    call("CreateFolders", folderPath=texts(f"{base}/In", f"{base}/Out", f"{base}/Ümläut & so"))
    node = call("GetStorageNode", sizeBytes=1024)
    assert node and node["Host"] == HOST, service.calls[-1]
    secrets.add(node["AccessToken"], "upload token")
    files = {"uploadToken": (None, node["AccessToken"]), "destFolderPath": (None, base), "f": ("a.txt", CONTENT)}
    assert "<ResponseCode>0<" in service.http.post(f"http://{HOST}/Upload.ashx", files=files).text
    extended = {"sizeBytes": 1024, "destFolderPath": "/", "ipRestricted": True, "firstByteExpiration": 6000}
    node = call("GetStorageNodeExtended", **extended, lastByteExpiration=259200)
    secrets.add(node["AccessToken"], "upload token")
    call("CopyFiles", srcFilePath=texts(file), destFolderPath=f"{base}/Out")
    call("CopyFolders", srcFolderPath=texts(f"{base}/In"), destFolderPath=f"{base}/Ümläut & so")
    call("RenameFile", filePath=file, newFileName="b.txt")
    call("RenameFolder", folderPath=f"{base}/Out", newFolderName="Away")
    call("MoveFiles", srcFilePath=texts(f"{base}/b.txt"), destFolderPath=f"{base}/In")
    call("MoveFolders", srcFolderPath=texts(f"{base}/In"), destFolderPath=f"{base}/Away")
    where = f"{base}/In" if "fault" in service.calls[-1] else f"{base}/Away/In"

    listed = call("ListFolder", folderPath=where, pageNumber=1, pageSize=5, sortCode="Name", sortDescending=False)
    rest = service.rest("IMFS/ListFolder", sessionToken=token, folderPath=where, pageNumber=1, pageSize=5)["ListFolder"]
    assert same(metadata(listed), metadata(rest)) and rest["File"][0]["SizeBytes"] == len(CONTENT), (listed, rest)
    path = f"{where}/b.txt"
    info = call("GetPathInfo", itemPath=path, showMetadata=True, showTags=True, showIsShared=True)
    shown = {"showMetadata": "true", "showTags": "true", "showIsShared": "true"}
    rest = service.rest("IMFS/GetPathInfo", sessionToken=token, itemPath=path, **shown)["GetPathInfo"]
    assert same(metadata(info), metadata(rest)) and dict(info["Metadata"])["MD5"], (info, rest)

    days = {"minCreatedDate": datetime.datetime(2007, 7, 1), "maxCreatedDate": datetime.datetime(2107, 9, 1)}
    search = {"username": CREDENTIALS["master_user"], "searchTerm": "*", "fileType": "Document", "maxResults": 1000}
    call("SearchFileSystem", **search, minFileSize=0, maxFileSize=100000000, **days)
    call("GetDownloadNodes", filePath=texts(path))
    [link] = call("GetOptimalUrls", filePath=texts(path), expiration=300, ipRestricted=False)
    secrets.add(link["DownloadToken"], "link")
    assert service.http.get(link["DownloadURL"]).content == CONTENT, link
    call("Sideload", targetURL="http://localhost/a", destFilePath=f"{base}/side.html")
    call("DeleteFiles", filePath=texts(path))
    call("DeleteFolders", folderPath=texts(where, f"{base}/Ümläut & so"))
    listed = call("ListFolder", folderPath=base, pageNumber=1, pageSize=5)
    rest = service.rest("IMFS/ListFolder", sessionToken=token, folderPath=base, pageNumber=1, pageSize=5)["ListFolder"]
    assert same(metadata(listed), metadata(rest)), (listed, rest)


def facts(service, token, base):
    def call(operation, **arguments):
        return service.call("Metadata", operation, sessionToken=token, **arguments)

    info = [{"Type": "Title", "Value": "Über: alles"}, {"Type": "Artist", "Value": "me"}]
    search = {"username": CREDENTIALS["master_user"], "searchTerm": "m*", "maxResults": 10}
    call("SetMetadata", path=base, metadata={"MetadataInfo": info})
    call("GetMetadata", path=base)
    call("SearchMetadata", searchKey="Artist", **search)
    call("DeleteMetadata", path=base, metadata={"string": ["AudioArtist"]})
    call("DeleteAllMetadata", path=base)
    call("SetTags", path=base, tag={"string": ["foo", "bar"]})
    call("GetTags", path=base)
    call("SearchTags", **search)
    call("DeleteTags", path=base, tag={"string": ["foo"]})
    call("DeleteAllTags", path=base)


def sharing(service, token, base):
    service.call("Sharing", "CreateHostedItem", sessionToken=token, sharePath=base)
    service.call("Sharing", "ListHostedItems", sessionToken=token, pageNumber=1, pageSize=10)
    service.call("Sharing", "RemoveHostedItem", sessionToken=token, sharePath=base)


def accounting(service, token, secrets):
    def call(operation, **arguments):
        key = "sessionToken" if operation in SPELT_SMALL else "SessionToken"
        return service.call("Accounting", operation, **{key: token}, **arguments)

    child = f"child-{service.version}"
    password = secrets.add(f"secret of {service.version}", "child's password")
    call("CreateChildAccount", Username=child, Password=password, FirstName="Ä", EmailAddress="a@b.example", EmailFormat="TEXT")
    names = call("ListChildAccounts", pageNumber=1, pageSize=500)
    rest = service.rest("Accounting/ListChildAccounts", sessionToken=token, pageNumber=1, pageSize=500)
    assert names == rest["Account"], (names, rest)
    call("SetAccountInfo", Username=child, City="Würzburg", CountryID=1)
    call("GetAccountInfo", Username=child)
    call("SetAccountLimits", Username=child, Type="StorageAmount", Value=-1)
    call("GetAccountLimits", Username=child)
    call("SetAccountNotes", username=child, xmlNotes="<notes><a>1 &lt; 2</a></notes>")
    call("GetAccountNotes", username=child)
    call("GetAccountUsage", Username=child)
    call("GetStorageUsage", Username=child)
    call("DeleteChildAccount", Username=child)


def media(service, token, base):
    paths = {"sessionToken": token, "srcFilePath": f"{base}/a.avi", "callbackURL": "http://localhost/done"}
    made = {"destFilePath": f"{base}/b.mov"}
    service.call("Audio", "Transcode", **paths, **made, options={"string": ["numberOfFrames:1000", "bitRate:128"]})
    service.call("Image", "Resize", **paths, **made, width=320, height=-1)
    service.call("Image", "RotateFlip", **paths, **made, rotate="Rotate90", flip="FlipHorizontal")
    frames = ["StartTimeOffset:10.5", "frameName:MyFrame"]
    service.call("Video", "ExtractFrames", **paths, destFolderPath=base, options={"string": OPTIONS + frames})
    sizes = ["scaleWidth:300", "scaleHeight:400"]
    service.call("Video", "PresetTranscode", **paths, **made, preset="H263 FLV Medium", options={"string": sizes})
    service.call("Video", "Transcode", **paths, **made, options={"string": OPTIONS})


def transfer(service, token, base):
    node = service.call("IMFS", "GetStorageNode", sessionToken=token, sizeBytes=len(CONTENT))
    service.secrets.add(node["AccessToken"], "upload token")
    upload = {"uploadToken": node["AccessToken"]}
    service.call("Transfer", "AppendFile", **upload, path=f"{base}\\new\\c.bin", fileData=CONTENT, endOfFile=False)
    service.call("Transfer", "AppendFile", **upload, path=f"{base}\\new\\c.bin", endOfFile=True)
    service.call("Transfer", "UploadFile", **upload, path=f"{base}/d.bin", fileData=CONTENT)
    for path in [f"{base}/new/c.bin", f"{base}/d.bin"]:
        assert service.http.get(f"http://{HOST}/{token}/{path}").content == CONTENT, path


def main():
    secrets, calls = Secrets(), []
    for version in ["1.1", "1.2"]:
        service, base = Service(version, secrets, calls), f"Soap {version}"
        token = authentication(service, secrets)
        imfs(service, token, base, secrets)
        facts(service, token, base)
        sharing(service, token, base)
        accounting(service, token, secrets)
        media(service, token, base)
        transfer(service, token, base)
        # A session of REST is one of SOAP, and one that SOAP ends is over for both.
        account = {"appKey": CREDENTIALS["app_key"], "userName": CREDENTIALS["master_user"]}
        other = service.rest("Authentication/Login", **account, password=CREDENTIALS["master_password"])["SessionToken"]
        service.call("Authentication", "Logout", sessionToken=secrets.add(other, "session of REST"))
        service.call("IMFS", "ListFolder", sessionToken=other, folderPath="/", pageNumber=1, pageSize=1)
        for namespace in NAMESPACES:
            made = {call["operation"] for call in calls if (call["version"], call["namespace"]) == (version, namespace)}
            assert made == service.operations(namespace), (namespace, made ^ service.operations(namespace))
    json.dump(secrets.hide(calls), sys.stdout, ensure_ascii=False)


main()

"""A power cut under a running service: what was acknowledged must be whole afterwards.

A file system of its own on a loop device is shut down by the kernel without flushing its journal, as if the power had
gone: what is not on the disk by then never will be. Needs root, mkfs.ext4 and loop devices.

Usage: power_cut.py PATH_OF_LARDER
"""

import base64
import fcntl
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2
ROUNDS = 100


class Service:
    """`larder serve` over a folder, with a session."""

    def __init__(self, larder, data, credentials):
        command = [larder, "serve", "--data", data, "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            found = re.search(r"(http://[^/]+)/ws/", line)
            self.url = found.group(1) if found else self.url
            if line == "ready\n":
                break
        login = {key: credentials[name] for key, name in
                 [("appKey", "app_key"), ("userName", "master_user"), ("password", "master_password")]}
        self.token = self.call("Authentication/Login", **login)["SessionToken"]

    def call(self, method, **pairs):
        body = urllib.parse.urlencode(dict(pairs, output="json")).encode()
        return json.load(urllib.request.urlopen(f"{self.url}/ws/{method}.ashx", body))

    def create(self, folder):
        return self.call("IMFS/CreateFolders", sessionToken=self.token, folderPath=folder)["ResponseCode"] == 0

    def upload(self, token, name, content):
        boundary = "larder-" + os.urandom(12).hex()
        fields = [f'name="uploadToken"\r\n\r\n{token}', 'name="destFolderPath"\r\n\r\nFiles']
        parts = "".join(f"--{boundary}\r\nContent-Disposition: form-data; {field}\r\n" for field in fields)
        head = f'{parts}--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        request = urllib.request.Request(self.url + "/Upload.ashx?output=json", body, headers)
        return json.load(urllib.request.urlopen(request))["ResponseCode"] == 0

    def list(self, folder):
        page = {"folderPath": folder, "pageNumber": 1, "pageSize": 1000}
        return self.call("IMFS/ListFolder", sessionToken=self.token, **page)["ListFolder"]

    def fetch(self, path):
        return urllib.request.urlopen(f"{self.url}/{self.token}/{path}").read()

    def kill(self):
        self.process.kill()
        self.process.wait()


def run(*command):
    subprocess.run(command, check=True)


def digest(content):
    return hashlib.md5(content).digest()


def cut(larder, image, mount):
    """Uploads and creates, cuts, and counts what is left of what was acknowledged."""
    run("truncate", "-s", "256M", image)
    run("mkfs.ext4", "-q", image)
    run("mount", "-o", "loop", image, mount)
    data = os.path.join(mount, "data")
    credentials = json.loads(subprocess.check_output([larder, "init", "--data", data, "--output", "json"]))
    service = Service(larder, data, credentials)
    node = service.call("IMFS/GetStorageNode", sessionToken=service.token, sizeBytes=1)["GetStorageNode"]
    files, folders = {}, set()
    for number in range(ROUNDS):
        # Every other file is small enough to live in the metadata.
        content = os.urandom(40_000 if number % 2 else 900)
        if service.upload(node["UploadToken"], f"f{number}", content):
            files[f"f{number}"] = digest(content)
        if service.create(f"Folder{number}"):
            folders.add(f"Folder{number}")
    handle = os.open(mount, os.O_RDONLY)
    fcntl.ioctl(handle, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
    os.close(handle)
    service.kill()
    run("umount", mount)
    run("mount", "-o", "loop", image, mount)
    service = Service(larder, data, credentials)
    listed = service.list("Files")["File"] or []
    whole = sum(digest(service.fetch(f"Files/{file['Name']}")) == files.get(file["Name"]) for file in listed)
    there = len(folders & {folder["Name"] for folder in service.list("/")["Folder"]})
    service.kill()
    print(f"acknowledged files {len(files)}, whole after the cut {whole}")
    print(f"acknowledged folders {len(folders)}, there after the cut {there}")
    return len(files) == whole == ROUNDS and len(folders) == there == ROUNDS


def main():
    with tempfile.TemporaryDirectory() as folder:
        mount = os.path.join(folder, "mount")
        os.mkdir(mount)
        try:
            return cut(sys.argv[1], os.path.join(folder, "image"), mount)
        finally:
            subprocess.run(["umount", mount], check=False, stderr=subprocess.DEVNULL)


sys.exit(0 if main() else 1)

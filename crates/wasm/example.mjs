// Uses a service by the module, and checks every answer: `node example.mjs URL APP_KEY USER PASSWORD MODULE [RECORDING]`.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";

import { Core } from "./core.mjs";
import { Client, LarderError } from "./driver.mjs";

const [url, appKey, user, password, module, recording] = process.argv.slice(2);
const bytes = await readFile(module);

// Everything that crosses the line, to be done again natively.
const lines = [];
const base64 = (bytes) => bytes && Buffer.from(bytes).toString("base64");
const core = await Core.load(bytes, ({ in: told, out, ...rest }) => {
  lines.push(JSON.stringify({ ...rest, in: base64(told), out: base64(out) }));
});

/** A `fetch` that knows the session's token, as an operator of the service does, and can lose a reply. */
const line = { logins: 0, token: undefined, losesNext: false };
async function watched(to, options) {
  const response = await fetch(to, options);
  if (to.includes("Login.ashx")) {
    line.logins += 1;
    line.token = (await response.clone().json()).SessionToken;
  }
  if (line.losesNext && to.includes("CreateFolders")) {
    line.losesNext = false;
    await response.arrayBuffer();
    throw new TypeError("fetch failed");
  }
  return response;
}

async function endTheSession() {
  const response = await fetch(`${url}/ws/Authentication/Logout.ashx`, {
    method: "POST",
    body: new URLSearchParams({ sessionToken: line.token, output: "json" }),
  });
  assert.equal((await response.json()).ResponseCode, 0);
}

const seed = Math.floor(Math.random() * 2 ** 53);
const client = new Client(core, { url, appKey, user, password, seed }, { fetch: watched });
const folder = `wasm-${seed}`;
const create = (path) => client.message("IMFS/CreateFolders", { folderPath: [path] });
const page = (folderPath) => ({ folderPath, pageNumber: 1, pageSize: 100 });
const list = (note) => client.message("IMFS/ListFolder", page(folder), { note });

// Two calls at once, and one login for both.
await Promise.all([create(folder), create(`${folder}-too`)]);
assert.equal(line.logins, 1);
console.log(`logged in once, created ${folder} and another at the same time`);

// In pieces, each of them streamed; more than any buffer between here and there.
const content = Uint8Array.from({ length: 5_000_000 }, (_, at) => (at * 2654435761) >>> 24);
const notes = [];
const stored = await client.upload(folder, "file", {
  source: new Blob([content]),
  terms: { piece: 2_000_000 },
  note: (text) => notes.push(text),
});
assert.deepEqual([stored.bytes, stored.verified], [content.length, true]);
assert.equal(notes.filter((note) => note.startsWith("Acknowledged")).length, 3);
console.log(`uploaded ${stored.bytes} bytes in 3 pieces, MD5 ${stored.md5}`);

// The session ends behind the client's back.
await endTheSession();
const heard = [];
const { ListFolder } = await list((text) => heard.push(text));
const [file] = ListFolder.File;
assert.deepEqual([ListFolder.File.length, file.Name, Number(file.SizeBytes)], [1, "file", content.length]);
assert.ok(heard.includes("SessionExpired"), heard.join("; "));
assert.equal(line.logins, 2);
console.log(`listed ${file.Name} with ${file.SizeBytes} bytes, after the session had expired`);

// A reader that takes its time: nothing more comes meanwhile.
const copy = new Uint8Array(content.length);
let [pieces, isBusy] = [0, false];
const fetched = await client.download(`${folder}/file`, {
  sink: async (offset, bytes) => {
    assert.ok(!isBusy);
    isBusy = true;
    copy.set(bytes, offset);
    pieces += 1;
    await new Promise((resolve) => setImmediate(resolve));
    isBusy = false;
  },
});
assert.ok(fetched.verified && Buffer.compare(copy, content) === 0);
console.log(`downloaded ${fetched.bytes} bytes in ${pieces} pieces: they are the ones that were uploaded`);

// Somebody changes their mind: the transfer is over, and the next call does not notice.
const mind = new AbortController();
const dropped = client.download(`${folder}/file`, { sink: () => mind.abort(), signal: mind.signal });
await assert.rejects(dropped, ({ kind }) => kind === "cancelled");
console.log("cancelled a download");

// A reply is lost: a fetch cannot know how far it came, so that nobody is told that nothing was done.
line.losesNext = true;
await assert.rejects(create(`${folder}/lost`), (error) => error instanceof LarderError && error.isOutcomeUnknown);
const after = await list();
assert.equal(after.ListFolder.Folder.length, 1);
console.log("told the truth about a lost reply");

await refused();
if (recording) await writeFile(recording, lines.join("\n"));

/** Where nobody listens, nothing was sent, and node says so. */
async function refused() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  const nobody = new Client(await Core.load(bytes), { url: `http://127.0.0.1:${port}`, appKey, user, password, seed });
  const heard = [];
  const asked = nobody.message("IMFS/ListFolder", page(""), { terms: { total: 2_000 }, note: (text) => heard.push(text) });
  await assert.rejects(asked, LarderError);
  assert.ok(heard.some((note) => note.includes("Connect: Failed(Refused)")), heard.join("; "));
  console.log("told apart a port where nobody listens");
}

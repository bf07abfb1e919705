// The module's functions, as JavaScript likes them: messages are a head (an object) and bytes.

const utf8 = { encode: new TextEncoder(), decode: new TextDecoder() };

export class Core {
  /** The module in `bytes` (what `fs.readFile` or `response.arrayBuffer()` gives). `tap` sees everything that crosses the line. */
  static async load(bytes, tap = () => {}) {
    const { instance } = await WebAssembly.instantiate(bytes, {});
    return new Core(instance.exports, tap);
  }

  constructor(exports, tap) {
    this.exports = exports;
    this.tap = tap;
  }

  open(config) {
    this.#ask("open", { in: [config] });
  }

  /** Returns the call's number. */
  call(wish, request = new Uint8Array()) {
    return this.#ask("call", { in: [wish, request] }).gave;
  }

  /** Returns `[head, bytes]`: what the call wants done. `now` is in whole milliseconds. */
  poll(call, now) {
    return unpacked(this.#ask("poll", { call, now }).out);
  }

  handle(call, head, bytes = new Uint8Array()) {
    this.#ask("handle", { call, in: [head, bytes] });
  }

  abandon(call) {
    this.exports.larder_abandon(call);
    this.tap({ do: "abandon", call, gave: 1 });
  }

  epoch() {
    return Number(this.exports.larder_epoch());
  }

  #ask(what, { call, now, in: message }) {
    const packed = message && pack(...message);
    if (packed) this.#memory(this.exports.larder_room(packed.length), packed.length).set(packed);
    const given = { open: [], call: [], handle: [call], poll: [call, BigInt(now ?? 0)] }[what];
    const gave = this.exports[`larder_${what}`](...given) >>> 0;
    // A copy: the buffer is the module's, and its memory may move.
    const answered = what === "poll" || gave === 0;
    const out = answered ? this.#memory(this.exports.larder_address(), this.exports.larder_length()).slice() : undefined;
    this.tap({ do: what, call, now, in: packed, gave, out });
    if (gave === 0) throw new Error(`larder: ${unpack(out).text}`);
    return { gave, out };
  }

  #memory(address, length) {
    // Integers come with a sign.
    return new Uint8Array(this.exports.memory.buffer, address >>> 0, length >>> 0);
  }
}

function pack(head, bytes = new Uint8Array()) {
  const text = utf8.encode.encode(JSON.stringify(head));
  const packed = new Uint8Array(4 + text.length + bytes.length);
  new DataView(packed.buffer).setUint32(0, text.length, true);
  packed.set(text, 4);
  packed.set(bytes, 4 + text.length);
  return packed;
}

function unpack(packed) {
  const end = 4 + new DataView(packed.buffer, packed.byteOffset).getUint32(0, true);
  return { text: utf8.decode.decode(packed.subarray(4, end)), bytes: packed.subarray(end) };
}

function unpacked(packed) {
  const { text, bytes } = unpack(packed);
  return [JSON.parse(text), bytes];
}

// The driver: what a call wants done, done by `fetch` and `setTimeout`.

import { Exchange, streamsBodies } from "./wire.mjs";

/** How a call ended that did not succeed: `kind`, `code` of the service, `isOutcomeUnknown`, `isRetryable`. */
export class LarderError extends Error {
  constructor({ text, do: _, ...rest }) {
    super(text);
    Object.assign(this, rest);
  }
}

/** The calls of one user. `fetch` may be another that does the same. */
export class Client {
  constructor(core, config, { fetch = globalThis.fetch, streams = streamsBodies() } = {}) {
    this.core = core;
    this.surroundings = { fetch, streams };
    this.waiting = new Set();
    core.open(config);
  }

  /** Any operation by its name, with its parameters as an object (lists for those that repeat); resolves to its answer. */
  message(operation, request, options) {
    const pairs = Object.entries(request).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
    const bytes = new TextEncoder().encode(new URLSearchParams(pairs).toString());
    return this.#drive(this.core.call({ call: "message", operation, ...options?.terms }, bytes), options);
  }

  /** `options.source` is the file, a `Blob`. */
  upload(folder, name, options) {
    const length = options.source.size;
    return this.#drive(this.core.call({ call: "upload", folder, name, length, ...options.terms }), options);
  }

  /** `options.sink(offset, bytes)` takes the file, and nothing more comes before its promise is fulfilled. */
  download(path, options) {
    return this.#drive(this.core.call({ call: "download", path, ...options.terms }), options);
  }

  async #drive(call, { source, sink, note, signal } = {}) {
    const bell = new Bell();
    const cancel = () => bell.tell({ is: "cancel" });
    let exchange, feed = 0;
    const over = { done: false };
    signal?.addEventListener("abort", cancel);
    if (signal?.aborted) cancel();
    try {
      for (;;) {
        for (const { input, bytes, asked } of bell.told.splice(0)) {
          // The end of an exchange, too, ends the asking.
          if (input.is === "end" || input.is === "failed") feed += 1;
          if (asked === undefined || asked === feed) this.core.handle(call, input, bytes);
        }
        const [action, bytes] = this.core.poll(call, now());
        this.#wakeOthers(bell);
        switch (action.do) {
          case "open":
            exchange = new Exchange(action, { ...this.surroundings, tell: bell.tell });
            break;
          case "write":
            exchange.write(bytes);
            break;
          case "finish":
            exchange.finish();
            break;
          case "abort":
            feed += 1;
            exchange.abort();
            break;
          case "feed":
            feed += 1;
            read(source, action, feed, bell);
            break;
          case "data":
            await sink(action.offset, bytes);
            break;
          case "note":
            note?.(action.text);
            break;
          case "wait":
            if (action.peer) exchange?.read();
            bell.epoch = action.shared;
            if (action.shared === null || action.shared === this.core.epoch()) {
              this.waiting.add(bell);
              await bell.rung(action.until);
              this.waiting.delete(bell);
            }
            break;
          case "done":
            over.done = true;
            return JSON.parse(new TextDecoder().decode(bytes));
          case "failed":
            over.done = true;
            throw new LarderError(action);
        }
      }
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.waiting.delete(bell);
      if (!over.done) {
        // A sink that failed, or a bug: others must not wait for us.
        exchange?.abort();
        this.core.abandon(call);
        this.#wakeOthers(bell);
      }
    }
  }

  #wakeOthers(own) {
    const epoch = this.core.epoch();
    for (const bell of this.waiting) if (bell !== own && bell.epoch !== null && bell.epoch !== epoch) bell.ring();
  }
}

/** What was told while nobody looked, and who is to be woken. */
class Bell {
  told = [];
  ring = () => {};
  tell = (input, bytes, asked) => {
    this.told.push({ input, bytes, asked });
    this.ring();
  };

  /** Until it rings, or this moment comes. */
  rung(until) {
    if (this.told.length > 0) return undefined;
    return new Promise((resolve) => {
      // A timer cannot be set for more than 24 days; whoever is woken too early asks again.
      const delay = until === null ? undefined : Math.min(Math.max(until - now(), 0), 2 ** 31 - 1);
      const timer = delay === undefined ? undefined : setTimeout(() => this.ring(), delay);
      this.ring = () => {
        clearTimeout(timer);
        this.ring = () => {};
        resolve();
      };
    });
  }
}

/** Answers the asking of this number; whether anybody still wants to know is seen when it is told. */
async function read(source, { offset, max }, asked, bell) {
  const bytes = await bytesOf(source, offset, max);
  if (!bytes) bell.tell({ is: "bodyGone" }, undefined, asked);
  else if (bytes.length === 0) bell.tell({ is: "bodyEnd" }, undefined, asked);
  else bell.tell({ is: "body", offset }, bytes, asked);
}

/** A piece of a file; nothing if it cannot be had (any more). */
async function bytesOf(source, offset, max) {
  try {
    return new Uint8Array(await source.slice(offset, offset + max).arrayBuffer());
  } catch {
    return undefined;
  }
}

/** Whole milliseconds of a clock that never goes back. */
function now() {
  return Math.floor(performance.now());
}

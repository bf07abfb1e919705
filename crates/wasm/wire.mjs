// One exchange by `fetch`. What a fetch cannot know is said pessimistically: see README.md.

/** Bodies up to so many bytes go out as a whole, with their length; longer ones are streamed where that is possible. */
const COLLECTED = 64 * 1024;

const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/;

export class Exchange {
  /** `tell(input, bytes)` hears what happens. `streams` is whether `fetch` sends a body as it comes. */
  constructor({ at, method, url, headers, length }, { fetch, streams, tell }) {
    Object.assign(this, { at, method, url, headers, length, fetch, tell });
    this.controller = new AbortController();
    this.pieces = [];
    this.isStreamed = streams && (length === null || length > COLLECTED);
    if (this.isStreamed) this.#send(this.#stream());
    // A fetch does not say when it has its connection.
    tell({ is: "connected", at });
  }

  write(chunk) {
    if (!this.isStreamed) {
      this.pieces.push(chunk);
      return this.tell({ is: "wrote", at: this.at });
    }
    this.chunk = chunk;
    this.#pass();
  }

  finish() {
    this.isFinished = true;
    if (this.isStreamed) return this.#pass();
    this.#send(this.pieces.length > 0 ? new Blob(this.pieces) : undefined);
  }

  /** One more piece of the answer. What nobody asks for stays where it is: that is the back-pressure. */
  async read() {
    if (!this.body || this.isReading) return;
    this.isReading = true;
    try {
      const { done, value } = await this.body.read();
      if (done) this.body = undefined;
      this.tell({ is: done ? "end" : "data", at: this.at }, value);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.isReading = false;
    }
  }

  abort() {
    this.controller.abort();
  }

  /** The body, piece by piece. One counts as taken when the next is wanted. */
  #stream() {
    return new ReadableStream({
      // Whoever reads it wants no more: what went wrong is told by the fetch.
      cancel: () => void (this.isCancelled = true),
      pull: (stream) =>
        new Promise((resolve) => {
          this.pulled = { stream, resolve };
          if (this.isTaken) this.tell({ is: "wrote", at: this.at });
          this.isTaken = false;
          this.#pass();
        }),
    }, { highWaterMark: 0 });
  }

  #pass() {
    if (this.isCancelled || !this.pulled || (!this.chunk && !this.isFinished)) return;
    const { stream, resolve } = this.pulled;
    this.pulled = undefined;
    if (this.chunk) stream.enqueue(this.chunk);
    else stream.close();
    this.isTaken = this.chunk !== undefined;
    this.chunk = undefined;
    resolve();
  }

  async #send(body) {
    const headers = new Headers(this.headers);
    // Neither does anything in a browser. In node, a length keeps a stream from being chunked.
    headers.set("accept-encoding", "identity");
    if (this.isStreamed && this.length !== null) headers.set("content-length", String(this.length));
    const rest = { redirect: "manual", credentials: "omit", cache: "no-store", signal: this.controller.signal };
    try {
      const { fetch } = this;
      const response = await fetch(this.url, { method: this.method, headers, body, duplex: "half", ...rest });
      if (response.type === "opaqueredirect") throw new TypeError("a redirect that a browser does not show");
      this.answered = true;
      this.tell({ is: "head", at: this.at, status: response.status, headers: decoded(response.headers) });
      this.body = response.body?.getReader();
      if (!this.body) this.tell({ is: "end", at: this.at });
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error) {
    this.body = undefined;
    // Ours: whoever gives up wants no more news.
    if (this.controller.signal.aborted) return;
    const cause = error.cause ?? error;
    const causes = cause.errors ?? [cause];
    const [failure, isUnsent] = understood(causes);
    const phase = isUnsent ? "connect" : this.answered ? "receive" : this.isFinished ? "await" : "send";
    this.tell({ is: "failed", at: this.at, failure, phase, detail: causes.at(-1).message ?? null });
  }
}

/** What a failure is, and whether it is certain that nothing was sent: only node says so, and only of some. */
function understood(causes) {
  const all = (is) => causes.every(is);
  if (all(({ syscall }) => syscall === "getaddrinfo")) return ["resolve", true];
  if (all(({ code, syscall }) => syscall === "connect" && code === "ECONNREFUSED")) return ["refused", true];
  if (all(({ code, syscall }) => syscall === "connect" || code === "UND_ERR_CONNECT_TIMEOUT")) return ["connect", true];
  if (all(({ code }) => CERTIFICATE.test(code ?? ""))) return ["certificate", true];
  if (all(({ code }) => /^HPE_/.test(code ?? ""))) return ["protocol", false];
  return ["reset", false];
}

/** A fetch undoes a content coding and leaves the heads of before: the length is then that of something else. */
function decoded(headers) {
  const isCoded = headers.has("content-encoding");
  return [...headers].filter(([name]) => !isCoded || !["content-encoding", "content-length"].includes(name));
}

/** Whether this `fetch` sends a stream: otherwise it asks nobody for its `duplex`, and makes a text of the body. */
export function streamsBodies() {
  let isAsked = false;
  const body = new ReadableStream();
  const request = new Request("http://localhost/", { method: "POST", body, get duplex() { return ((isAsked = true), "half"); } });
  return isAsked && !request.headers.has("content-type");
}

// @ts-check
import { clockOffsetHeader } from "./settings.mjs";

/** An import would have Node load all of undici for the module's other exports: a quarter of the time to start. */
const { Agent, request } = process.getBuiltinModule("node:http");

const invocations = "/2018-06-01/runtime/invocation";

/** What the native client hands on; the runtime client reads nothing else. */
const contextHeaders = [
  "lambda-runtime-aws-request-id",
  "lambda-runtime-deadline-ms",
  "lambda-runtime-invoked-function-arn",
  "lambda-runtime-trace-id",
];

/**
 * What aws-lambda-ric expects of its native addon, over `node:http`.
 *
 * The addon posts answers synchronously; here the next poll waits for the post instead. An execution environment whose
 * Runtime API does not answer has no purpose and ends, as at AWS.
 *
 * @param {{ host: string, port: number }} runtimeApi
 * @param {(offsetMs: number) => void} setClockOffset
 */
export function createRapidClient(runtimeApi, setClockOffset) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  /** @type {Promise<unknown>} */
  let posted = Promise.resolve();

  /**
   * @param {"GET" | "POST"} method
   * @param {string} path
   * @param {{ body?: string, headers?: Record<string, string> }} [content]
   * @returns {Promise<{ headers: import("node:http").IncomingHttpHeaders, body: string }>}
   */
  function call(method, path, { body = "", headers = {} } = {}) {
    const length = method === "POST" ? { "content-length": String(Buffer.byteLength(body)) } : {};
    return new Promise((resolve, reject) => {
      request(
        { ...runtimeApi, agent, method, path, headers: { ...headers, ...length } },
        (response) => {
          /** @type {Buffer[]} */
          const chunks = [];
          response.on("error", reject);
          response.on("data", (chunk) => chunks.push(chunk));
          response.on("end", () =>
            resolve({ headers: response.headers, body: Buffer.concat(chunks).toString("utf8") }),
          );
        },
      )
        .on("error", reject)
        .end(body);
    });
  }

  /**
   * @param {string} path
   * @param {string} body
   * @param {Record<string, string>} [headers]
   */
  function post(path, body, headers = {}) {
    posted = call("POST", path, {
      body,
      headers: { "content-type": "application/json", ...headers },
    }).catch(leave);
  }

  return {
    async next() {
      await posted;
      const { headers, body } = await call("GET", `${invocations}/next`).catch(leave);
      setClockOffset(Number(headers[clockOffsetHeader]));
      return {
        bodyJson: body,
        headers: Object.fromEntries(contextHeaders.map((name) => [name, headers[name]])),
      };
    },
    /** @param {unknown[]} args `id`, `json` */
    done(...args) {
      const [id, json] = strings(args, 2);
      post(`${invocations}/${id}/response`, json);
    },
    /** @param {unknown[]} args `id`, `json`, the cause for X-Ray */
    error(...args) {
      const [id, json] = strings(args, 3);
      post(`${invocations}/${id}/error`, json);
    },
  };
}

/** @returns {never} */
function leave() {
  process.exit(1);
}

/**
 * The addon throws on anything but strings, and the runtime client turns that into an error of the function
 * (a handler that returns a symbol, say).
 *
 * @param {unknown[]} args
 * @param {number} count
 * @returns {string[]}
 */
function strings(args, count) {
  return args.slice(0, count).map((value) => {
    if (typeof value !== "string") throw new TypeError("Wrong arguments");
    return value;
  });
}

import { connect, type Socket } from "node:net";
import tls from "node:tls";

import type { CorpusRequest } from "../../corpus/read-corpus.ts";
import { record } from "../support/recordings.ts";
import { readAnswer, type RawAnswer } from "./raw-answer.ts";

/** How a body travels in chunks: neither one byte at a time nor all at once. */
const chunkBytes = 1000;

/**
 * Writes one request on its own socket, byte for byte: no library comes between, so nothing is normalised.
 *
 * @param base the app's URL; a stack on this machine is dialled on the loopback address.
 * @param header lines to add to those of the request.
 */
export async function sendRaw(
  base: string,
  request: CorpusRequest,
  more: CorpusRequest["headers"] = [],
): Promise<RawAnswer> {
  const url = new URL(base);
  const socket = await dial(url);
  try {
    const answer = answerOn(socket, request.method);
    // A refusal may come before the body is sent; what happens to the rest does not matter then.
    socket.write(headOf(request, url.host, more), "latin1");
    for (const piece of framed(request)) socket.write(piece);
    const { status, headers, body } = await answer;
    record({
      request: `${request.method} ${base}${request.target.slice(0, 200)}`,
      status,
      headers,
      body: body.toString("latin1"),
      mayHoldTokens: false,
    });
    return { status, headers, body };
  } finally {
    socket.destroy();
  }
}

function dial({ protocol, hostname, port }: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket: Socket =
      protocol === "https:"
        ? tls.connect({ host: hostname, port: 443, servername: hostname }, () => resolve(socket))
        : connect({ host: "127.0.0.1", port: Number(port) }, () => resolve(socket));
    socket.once("error", reject);
  });
}

function headOf(request: CorpusRequest, host: string, more: CorpusRequest["headers"]): string {
  const headers = [["Host", host], ...request.headers, ...more, ...framing(request)];
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${request.method} ${request.target} HTTP/1.1\r\n${lines}\r\n`;
}

/** A case about the framing itself brings its own. */
function framing({ headers, body, chunked, method }: CorpusRequest): [string, string][] {
  const own = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
  if (own) return [];
  if (chunked) return [["Transfer-Encoding", "chunked"]];
  if (body === undefined)
    return ["POST", "PUT", "PATCH"].includes(method) ? [["Content-Length", "0"]] : [];
  return [["Content-Length", String(body.length)]];
}

function framed({ body = Buffer.alloc(0), chunked }: CorpusRequest): readonly Buffer[] {
  if (!chunked) return body.length === 0 ? [] : [body];
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += chunkBytes) {
    const chunk = body.subarray(at, at + chunkBytes);
    pieces.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n"));
  }
  return [Buffer.concat([...pieces, Buffer.from("0\r\n\r\n")])];
}

function answerOn(socket: Socket, method: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const look = (ended: boolean): void => {
      try {
        const reading = readAnswer(bytes, method, ended);
        if (reading.kind === "whole") resolve(reading);
      } catch (error) {
        reject(error);
      }
    };
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      look(false);
    });
    socket.on("end", () => look(true));
    socket.on("error", (error) => {
      look(true);
      reject(error);
    });
  });
}

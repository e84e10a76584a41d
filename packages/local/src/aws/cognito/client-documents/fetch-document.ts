import { lookup as lookupByDns, type LookupAddress } from "node:dns";
import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";

import { isSpecialAddress } from "./special-address.ts";

/** Why a document is not taken. Each is printed with a sentence; nobody but the terminal is told. */
export class DocumentRefused extends Error {
  override readonly name = "DocumentRefused";
  readonly code: string;

  /** @param code `document_…` */
  constructor(code: string, why: string) {
    super(why);
    this.code = code;
  }
}

export interface FetchedDocument {
  readonly text: string;
  /** Of `Cache-Control`, in seconds. */
  readonly maxAgeSeconds: number | undefined;
}

/** @throws {DocumentRefused} (rejects) */
export type FetchDocument = (url: string) => Promise<FetchedDocument>;

/** What the draft recommends to read at most. */
export const maxDocumentBytes = 5 * 1024;

export type LookupAll = (
  host: string,
  done: (error: Error | null, found: readonly LookupAddress[]) => void,
) => void;

export interface FetchDocumentOptions {
  /** Servers of this machine that stand for others, by the address of the document. */
  readonly onThisMachine: Readonly<Record<string, string>>;
  /** Finds every address of a name. */
  readonly lookup?: LookupAll;
  readonly isSpecial?: (address: string) => boolean;
  /** For the whole exchange. */
  readonly timeoutMs?: number;
  /** Trusted instead of the usual certificates. */
  readonly ca?: string;
}

/**
 * Fetches clients' documents as the draft asks: https, no redirect, no special-use address (the one that is looked at is the
 * one that is dialled), 200, JSON, 5 KB at most, not longer than five seconds.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-02#section-8.6
 */
export function createFetchDocument({
  onThisMachine,
  lookup = (host, done) => lookupByDns(host, { all: true }, done),
  isSpecial = isSpecialAddress,
  timeoutMs = 5000,
  ca,
}: FetchDocumentOptions): FetchDocument {
  /** Node calls it for the very connection, and dials what it gives. */
  const lookupPublic: LookupFunction = (host, { all }, callback) => {
    lookup(host, (error, found) => {
      if (error !== null) return callback(error, "");
      const [first] = found;
      const inward = found.find(({ address }) => isSpecial(address));
      if (first === undefined || inward !== undefined) {
        const at = inward?.address ?? "no address";
        const why = `its host is at ${at}, which is not on the internet`;
        return callback(new DocumentRefused("document_address", why), "");
      }
      if (all) callback(null, [...found]);
      else callback(null, first.address, first.family);
    });
  };

  return async (url) => {
    const here = Object.hasOwn(onThisMachine, url) ? onThisMachine[url] : undefined;
    const signal = AbortSignal.timeout(timeoutMs);
    const options = {
      agent: false,
      signal,
      headers: { accept: "application/json", "accept-encoding": "identity" },
    };
    const request =
      here === undefined
        ? requestHttps(url, { ...options, lookup: lookupPublic, ...(ca !== undefined && { ca }) })
        : requestHttp(here, options);
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request.on("response", resolve).on("error", reject).end();
      });
      requireDocument(response);
      return { text: await readText(response), maxAgeSeconds: maxAgeOf(response) };
    } catch (error) {
      if (error instanceof DocumentRefused) throw error;
      if (signal.aborted)
        throw new DocumentRefused("document_timeout", `it did not come within ${timeoutMs} ms`);
      const { code = "no answer" } = Object(error);
      throw new DocumentRefused("document_unreachable", `its server cannot be asked: ${code}`);
    } finally {
      request.destroy();
    }
  };
}

function requireDocument({ statusCode, headers }: IncomingMessage): void {
  if (statusCode !== 200)
    throw new DocumentRefused(
      "document_status",
      `its server answers ${statusCode}, and only 200 counts; no redirect is followed`,
    );
  const type = headers["content-type"] ?? "";
  if (!/^application\/(?:[\w.-]+\+)?json *(?:;|$)/i.test(type))
    throw new DocumentRefused("document_type", "its Content-Type is not application/json");
  if (!/^(?:identity)?$/i.test(headers["content-encoding"] ?? ""))
    throw new DocumentRefused("document_type", "it is compressed, and nobody asked for that");
  if (Number(headers["content-length"] ?? 0) > maxDocumentBytes) throw tooLarge();
}

/** Stops reading at the limit, whatever the server goes on to send. */
async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > maxDocumentBytes) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new DocumentRefused("document_json", "it is not UTF-8");
  }
}

function maxAgeOf({ headers }: IncomingMessage): number | undefined {
  const [, seconds] =
    /(?:^|,)\s*max-age=(\d{1,10})\s*(?:,|$)/i.exec(headers["cache-control"] ?? "") ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

function tooLarge(): DocumentRefused {
  return new DocumentRefused(
    "document_too_large",
    `it has more than ${maxDocumentBytes} bytes, and no more are read`,
  );
}

import {
  type CloudWatchLogsClient,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { readLogLine } from "@sst-gatehouse/blueprint/log-line";

import { explainAwsFailure } from "../../aws-failure.ts";

/** A log group in a region. */
export interface Place {
  readonly region: string;
  readonly group: string;
  /** `guard`, or the name of a function. */
  readonly from: string;
}

export interface PrintedLine extends Place {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** As it was written. */
  readonly text: string;
}

export interface Wanted {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The guard's id of a request, or Lambda's. */
  readonly request?: string | undefined;
  readonly code?: string | undefined;
}

export interface Gathered {
  /** By time. */
  readonly lines: readonly PrintedLine[];
  /** What did not answer, and what was not read to its end. */
  readonly silent: readonly {
    readonly where: string;
    readonly why: string;
    readonly all: boolean;
  }[];
}

/** Of one place. CloudWatch searches about a megabyte of log for a page, and most pages of a search hold nothing. */
const maxPages = 200;
const maxLinesOfPlace = 10_000;

/**
 * Reads the lines of all places. What does not answer is named; a group that is not there has nothing to say.
 *
 * @param clientOf a client for a region.
 */
export async function gatherLines(
  clientOf: (region: string) => CloudWatchLogsClient,
  places: readonly Place[],
  { since, request, code }: Wanted,
): Promise<Gathered> {
  const silent = new Map<string, Gathered["silent"][number]>();
  const found = new Map<string, PrintedLine>();

  async function search(place: Place, filterPattern: string | undefined): Promise<void> {
    const where = `${place.from} in ${place.region}`;
    const asked = {
      logGroupName: place.group,
      startTime: since,
      ...(filterPattern === undefined ? {} : { filterPattern }),
    };
    let pages = 0;
    let lines = 0;
    try {
      for await (const { events = [], nextToken } of paginateFilterLogEvents(
        { client: clientOf(place.region) },
        asked,
      )) {
        for (const { eventId = "", timestamp = 0, message = "" } of events)
          found.set(`${place.region} ${place.group} ${eventId} ${timestamp} ${message}`, {
            ...place,
            timestamp,
            text: message.trimEnd(),
          });
        pages += 1;
        lines += events.length;
        if (nextToken !== undefined && (pages === maxPages || lines >= maxLinesOfPlace)) {
          const why = `has more than was read; ask for less by --since, --request or --code`;
          silent.set(where, { where, why, all: false });
          return;
        }
      }
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException") return;
      silent.set(where, { where, why: whyNot(error), all: true });
    }
  }

  const pattern = patternOf(request, code);
  await Promise.all(places.map((place) => search(place, pattern)));
  if (request !== undefined) {
    // A backend's line names both ids: the guard's, and the one that the app's own lines have.
    const linked = new Set(
      [...found.values()].flatMap(({ text }) => {
        const { requestId, lambdaRequestId } = readLogLine(text) ?? {};
        return lambdaRequestId === undefined ? [] : [requestId, lambdaRequestId];
      }),
    );
    linked.delete(request);
    for (const id of linked)
      if (id !== undefined)
        await Promise.all(places.map((place) => search(place, patternOf(id, code))));
  }
  return {
    lines: [...found.values()].toSorted((a, b) => a.timestamp - b.timestamp),
    silent: [...silent.values()],
  };
}

/** The filter pattern of CloudWatch Logs: a text that a line has, a member of a JSON line, or nothing. */
function patternOf(request: string | undefined, code: string | undefined): string | undefined {
  if (code === undefined) return request === undefined ? undefined : JSON.stringify(request);
  const isCode = `$.code = ${JSON.stringify(code)}`;
  if (request === undefined) return `{ ${isCode} }`;
  const id = JSON.stringify(request);
  return `{ ${isCode} && ($.requestId = ${id} || $.lambdaRequestId = ${id}) }`;
}

/** A region that an account has not switched on answers as it would to credentials of nobody. */
function whyNot(error: unknown): string {
  if (error instanceof Error && error.name === "UnrecognizedClientException")
    return "does not take these credentials: the region is off in this account, or they are wrong";
  return explainAwsFailure(error);
}

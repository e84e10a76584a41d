import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  type LogGroup,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";

import { Unread } from "../check.ts";
import { all } from "./read-functions.ts";
import { once, type Reader } from "./reader.ts";

export interface LogReads {
  /** Undefined when there is no group of exactly that name in the region. */
  group(region: string, name: string): Promise<LogGroup | undefined>;
  /**
   * The lines with any of these words since a time.
   *
   * @param since milliseconds since the epoch.
   */
  lines(
    place: { readonly region: string; readonly group: string },
    words: readonly string[],
    since: number,
  ): Promise<readonly FilteredLogEvent[]>;
}

/** CloudWatch searches about a megabyte of log for a page. */
const maxPages = 50;

/** @param clientOf a client for a region. */
export function createLogReads(
  reader: Reader,
  clientOf: (region: string) => CloudWatchLogsClient,
): LogReads {
  return {
    group: once(async (region, name) => {
      const pages = paginateDescribeLogGroups(
        { client: clientOf(region) },
        { logGroupNamePrefix: name },
      );
      const found = await reader.read("logs:DescribeLogGroups", () => all(pages));
      return found
        .flatMap(({ logGroups = [] }) => logGroups)
        .find(({ logGroupName }) => logGroupName === name);
    }),
    async lines({ region, group }, words, since) {
      const asked = {
        logGroupName: group,
        startTime: since,
        filterPattern: words.map((word) => `?"${word}"`).join(" "),
      };
      return reader.read("logs:FilterLogEvents", async () => {
        const found: FilteredLogEvent[] = [];
        let count = 0;
        for await (const { events = [] } of paginateFilterLogEvents(
          { client: clientOf(region) },
          asked,
        )) {
          found.push(...events);
          count += 1;
          if (count === maxPages && found.length === 0)
            throw new Unread(
              `${group} in ${region} is too long to be searched here`,
              "Search it with CloudWatch Logs Insights.",
            );
        }
        return found;
      });
    },
  };
}

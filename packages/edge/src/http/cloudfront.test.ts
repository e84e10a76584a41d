import { expect, test } from "vitest";

import { fromCloudFrontEvent, toCloudFrontRequest } from "./cloudfront.ts";
import { host, originRequestEvent } from "../../test/events.ts";

test.each(["203.0.113.178", "2001:db8::1", "::ffff:203.0.113.178"])(
  "the viewer's address may be %s",
  (clientIp) => {
    const event = withRequest({ clientIp });
    expect(fromCloudFrontEvent(event, [host]).clientIp).toBe(clientIp);
  },
);

test.each(["", "localhost", "203.0.113.178\r\nx: y", "/../admin", "1", "1.2.3.4 5.6.7.8"])(
  "an event whose viewer's address is %j is malformed, and no fault of ours",
  (clientIp) => {
    expect(() => fromCloudFrontEvent(withRequest({ clientIp }), [host])).toThrow(
      expect.objectContaining({ code: "header_malformed" }),
    );
  },
);

test("a header called like something that every object has is a header", () => {
  const { headers } = originRequestEvent().Records[0]?.cf.request ?? {};
  const event = withRequest({
    headers: { ...headers, CONSTRUCTOR: [{ key: "CONSTRUCTOR", value: "1" }] },
  });
  const { request, http } = fromCloudFrontEvent(event, [host]);
  expect(toCloudFrontRequest(request, http).headers["constructor"]).toEqual([
    { key: "constructor", value: "1" },
  ]);
});

function withRequest(changes: object) {
  const event = originRequestEvent();
  const [record] = event.Records;
  if (record !== undefined) Object.assign(record.cf.request, changes);
  return event;
}

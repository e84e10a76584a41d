import { responseHeaders } from "@sst-gatehouse/blueprint/response-headers";

import { named } from "./stage.ts";

const { strictTransportSecurity, contentTypeOptions, frameOptions, referrerPolicy } =
  responseHeaders;

/** Security headers that CloudFront adds to every answer, the guard's own included. */
export const responseHeadersPolicy = new aws.cloudfront.ResponseHeadersPolicy("ResponseHeaders", {
  name: named,
  securityHeadersConfig: {
    strictTransportSecurity: {
      accessControlMaxAgeSec: strictTransportSecurity.maxAgeSeconds,
      override: strictTransportSecurity.override,
    },
    contentTypeOptions,
    frameOptions: { frameOption: frameOptions.value, override: frameOptions.override },
    referrerPolicy: { referrerPolicy: referrerPolicy.value, override: referrerPolicy.override },
  },
});

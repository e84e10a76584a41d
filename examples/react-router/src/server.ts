import { type Caller, protect } from "sst-gatehouse/fetch";

import { access } from "../access";
import { assets } from "../build/assets";
// @ts-expect-error -- made of render.ts by `react-router build`, without types
import { render as built } from "../build/server/index.js";

const render: (request: Request, caller: Caller) => Promise<Response> = built;

export const handler = protect(access, {
  fetch(request, { caller }) {
    const asset = assets[new URL(request.url).pathname];
    if (asset === undefined) return render(request, caller);
    return new Response(Buffer.from(asset.body, "base64"), {
      headers: {
        "content-type": asset.type,
        // Its name has a hash of its content.
        "cache-control": "private, max-age=31536000, immutable",
      },
    });
  },
});

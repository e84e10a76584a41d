import { type Caller, protect } from "sst-gatehouse/fetch";

import { access } from "../access";
// @ts-expect-error -- made of render.ts by `react-router build`, without types
import { render as built } from "../build/server/index.js";

const render: (request: Request, caller: Caller) => Promise<Response> = built;

export const handler = protect(access, { fetch: (request, { caller }) => render(request, caller) });

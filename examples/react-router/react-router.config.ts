import type { Config } from "@react-router/dev/config";

export default {
  ssr: true,
  // Every page's routes come with it: one address less to think of in the access rules.
  routeDiscovery: { mode: "initial" },
} satisfies Config;

// @ts-check
import Module from "node:module";

// Preloaded: sends port 443 to a stand-in on loopback, under the real host name. It loads nothing by itself, so that
// code that needs `https` still pays for it.
const port = Number(process.env["BENCH_SSM_PORT"]);
const load = Reflect.get(Module, "_load");
let redirected = false;

Reflect.set(Module, "_load", (/** @type {unknown[]} */ ...args) => {
  const loaded = Reflect.apply(load, Module, args);
  if (!redirected && /^(node:)?https$/.test(String(args[0]))) {
    redirected = true;
    redirect(Reflect.apply(load, Module, ["node:tls"]));
  }
  return loaded;
});

/** @param {typeof import("node:tls")} tls */
function redirect(tls) {
  const connect = tls.connect;
  /** @param {import("node:tls").ConnectionOptions} options @param {unknown[]} rest */
  const redirecting = (options, ...rest) => {
    const here = {
      ...options,
      host: "127.0.0.1",
      port,
      servername: options.servername || options.host,
    };
    return Reflect.apply(connect, tls, [here, ...rest]);
  };
  Reflect.set(tls, "connect", redirecting);
}

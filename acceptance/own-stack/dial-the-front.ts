import tls from "node:tls";

/**
 * Loaded into the processes of a test that plays a deployed stage: every TLS connection goes to the test's own server,
 * whatever name it is for. Certificates are checked as ever, and nothing leaves the machine.
 */
const port = Number(process.env["GATEHOUSE_TEST_FRONT_PORT"]);
/** Of all connections: one that nobody shares has all certificate authorities read again. */
const secureContext = tls.createSecureContext();
const connect: (options: tls.ConnectionOptions, onConnect?: () => void) => tls.TLSSocket =
  tls.connect;
tls.connect = (options: unknown, ...more: readonly unknown[]): tls.TLSSocket => {
  const onConnect = more.find((one): one is () => void => typeof one === "function");
  return connect({ secureContext, ...Object(options), host: "127.0.0.1", port }, onConnect);
};

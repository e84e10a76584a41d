// @ts-check
import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";
import tls from "node:tls";

const loopback = "127.0.0.1";

/** @typedef {{ host?: string, port?: number | string, path?: string, servername?: string, socket?: unknown }} Target */

/**
 * Leaves an execution environment two ways out: its own Runtime API, and TLS to the hosts that the stack stands in for.
 *
 * Mapped hosts are dialled on loopback under their real names, and only the stack's own CA is trusted. All other ways
 * fail as they do on a machine without network, and say so on stderr.
 *
 * @param {Pick<import("./settings.mjs").Settings, "runtimeApi" | "hosts" | "caPem">} settings
 */
export function restrictNetwork({ runtimeApi, hosts, caPem }) {
  tls.setDefaultCACertificates(caPem === "" ? [] : [caPem]);
  retargetTls(hosts);
  guardSockets(runtimeApi.port, new Set(Object.values(hosts)));
  refuseDatagrams();
  refuseLookups();
}

/** @param {Readonly<Record<string, number>>} hosts */
function retargetTls(hosts) {
  const connect = tls.connect;
  /** @param {unknown[]} args */
  const retargeted = (...args) => {
    const target = tlsTarget(args);
    const callback = args.find((argument) => typeof argument === "function");
    const port =
      Number(target.port) === 443 && !target.path ? frontPort(hosts, target.host ?? "") : undefined;
    if (target.socket !== undefined || port === undefined) return Reflect.apply(connect, tls, args);
    return Reflect.apply(connect, tls, [
      { ...target, host: loopback, port, servername: target.servername || target.host },
      callback,
    ]);
  };
  Reflect.set(tls, "connect", retargeted);
}

/**
 * Every connection of `net`, `tls`, `http`, `https`, `http2` and `fetch` passes here.
 *
 * @param {number} runtimeApiPort
 * @param {ReadonlySet<number>} frontPorts
 */
function guardSockets(runtimeApiPort, frontPorts) {
  // oxlint-disable-next-line typescript/unbound-method -- applied to the socket below
  const connect = net.Socket.prototype.connect;
  /** @this {net.Socket} @param {unknown[]} args */
  net.Socket.prototype.connect = function (...args) {
    const { path, host = "localhost", port } = socketTarget(args);
    const ours = !path && host === loopback;
    if (ours && Number(port) === runtimeApiPort) return Reflect.apply(connect, this, args);
    if (ours && frontPorts.has(Number(port)) && this instanceof tls.TLSSocket)
      return Reflect.apply(connect, this, args);
    report(path || `${host}:${port}`);
    const error = path ? unreachable(path, "ENOENT") : unreachable(host);
    process.nextTick(() => this.destroy(error));
    return this;
  };
}

function refuseDatagrams() {
  for (const name of /** @type {const} */ (["bind", "connect", "send"])) {
    dgram.Socket.prototype[name] = () => {
      report("a UDP address");
      throw unreachable("a UDP address", "ENETUNREACH");
    };
  }
}

function refuseLookups() {
  const promised = [dns.promises, dns.promises.Resolver.prototype];
  for (const api of [dns, dns.Resolver.prototype, ...promised]) {
    for (const name of Object.getOwnPropertyNames(api).filter((key) =>
      /^(lookup|resolve|reverse)/.test(key),
    )) {
      Reflect.set(api, name, (/** @type {unknown[]} */ ...args) => {
        report(String(args[0]));
        const error = unreachable(String(args[0]), "ENOTFOUND");
        const callback = args.at(-1);
        if (typeof callback !== "function") return Promise.reject(error);
        process.nextTick(() => callback(error));
        return {};
      });
    }
  }
}

/**
 * @param {Readonly<Record<string, number>>} hosts
 * @param {string} host
 * @returns {number | undefined}
 */
function frontPort(hosts, host) {
  const name = host.toLowerCase();
  if (Object.hasOwn(hosts, name)) return hosts[name];
  // As in certificates, a wildcard covers exactly one label.
  const wildcard = `*${name.slice(name.indexOf("."))}`;
  return name.indexOf(".") > 0 && Object.hasOwn(hosts, wildcard) ? hosts[wildcard] : undefined;
}

/**
 * `tls.connect(options)`, `(port, options)`, `(port, host, options)`.
 *
 * @param {unknown[]} args
 * @returns {Target}
 */
function tlsTarget(args) {
  const options = args.filter((argument) => typeof argument === "object" && argument !== null);
  return Object.assign(isObject(args[0]) ? {} : socketTarget(args), ...options);
}

/**
 * `connect(options)`, `(port, host)`, `(path)`, or the array that `net.connect` makes of them.
 *
 * @param {unknown[]} args
 * @returns {Target}
 */
function socketTarget(args) {
  const [first, second] = args;
  if (Array.isArray(first)) return first[0];
  if (isObject(first)) return first;
  if (typeof first === "string" && !/^\d+$/.test(first)) return { path: first };
  const port = Number(first);
  return typeof second === "string" ? { port, host: second } : { port };
}

/**
 * @param {unknown} value
 * @returns {value is object}
 */
function isObject(value) {
  return typeof value === "object" && value !== null;
}

/** @param {string} target */
function report(target) {
  // Such as `s3.eu-west-1.amazonaws.com`, and `bucket.s3.eu-west-1.amazonaws.com`.
  const why = /\.(amazonaws\.com|api\.aws)(:443)?$/.test(target)
    ? "the local stack does not play that AWS API: a function can call Cognito and Parameter Store here"
    : "the local stack has nothing there";
  process.stderr.write(`refused: the function tried to reach ${target}, and ${why}\n`);
}

/**
 * @param {string} host
 * @param {string} [code]
 */
function unreachable(host, code = net.isIP(host) === 0 ? "ENOTFOUND" : "ENETUNREACH") {
  const syscall = code === "ENOTFOUND" ? "getaddrinfo" : "connect";
  return Object.assign(new Error(`${syscall} ${code} ${host}`), { code, syscall, hostname: host });
}

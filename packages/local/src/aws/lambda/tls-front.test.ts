import { X509Certificate } from "node:crypto";
import { EventEmitter, once } from "node:events";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";

import { expect, test } from "vitest";

import { startTlsFront } from "./tls-front.ts";

test("answers for its hosts with a certificate that only its own CA vouches for", async () => {
  const hosts = ["cognito-idp.eu-west-1.amazonaws.com", "*.lambda-url.eu-west-1.on.aws"];
  const front = await startTlsFront({
    hosts,
    listener: (_request, response) => response.end("here"),
  });
  const socket = tls.connect({
    host: "127.0.0.1",
    port: front.port,
    servername: "a.lambda-url.eu-west-1.on.aws",
    ca: front.caPem,
  });
  await once(socket, "secureConnect");
  expect(socket.authorized).toBe(true);
  expect(socket.getPeerCertificate().subjectaltname).toBe(
    hosts.map((host) => `DNS:${host}`).join(", "),
  );
  socket.destroy();
  const stranger = tls.connect({ host: "127.0.0.1", port: front.port, servername: hosts[0] });
  await expect(once(stranger, "secureConnect")).rejects.toMatchObject({
    code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  });
  await front.close();
});

test("makes a new CA each time, which may sign no other CA", async () => {
  const [one, two] = await Promise.all(
    [1, 2].map(() => startTlsFront({ hosts: ["a.example"], listener: () => {} })),
  );
  const certificate = new X509Certificate(one?.caPem ?? "");
  expect(certificate.ca).toBe(true);
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
  expect(one?.caPem).not.toBe(two?.caPem);
  await Promise.all([one?.close(), two?.close()]);
});

test("stops listening and cuts connections when closed, even before the handshake", async () => {
  const arrivals = new EventEmitter();
  const arrived = once(arrivals, "request");
  const front = await startTlsFront({
    hosts: ["a.example"],
    listener: () => arrivals.emit("request"),
  });
  const silent = net.connect(front.port, "127.0.0.1");
  await once(silent, "connect");
  const cut = once(silent, "close");
  const request = https.get({
    host: "127.0.0.1",
    port: front.port,
    servername: "a.example",
    ca: front.caPem,
  });
  const answer = once(request, "response").catch((error) => error.code);
  await arrived;
  await front.close();
  await cut;
  expect(await answer).toBe("ECONNRESET");
  const late = once(net.connect(front.port, "127.0.0.1"), "connect").catch((error) => error.code);
  expect(await late).toBe("ECONNREFUSED");
});

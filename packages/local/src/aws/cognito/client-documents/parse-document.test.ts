import { expect, test } from "vitest";

import { parseDocument } from "./parse-document.ts";

const url = "https://client.example/client.json";
const plain = {
  client_id: url,
  client_name: "A client",
  redirect_uris: ["http://localhost:33418/callback"],
  token_endpoint_auth_method: "none",
};
const codeOf = (text: string): unknown => {
  try {
    return parseDocument(text, url);
  } catch (error) {
    return Object(error).code;
  }
};

test("a plain document has addresses, and gets no refresh tokens that it does not ask for", () => {
  expect(parseDocument(JSON.stringify(plain), url)).toEqual({
    redirectUris: ["http://localhost:33418/callback"],
    refreshes: false,
    scopes: undefined,
  });
});

test("what it says of grants and scopes counts", () => {
  const more = {
    ...plain,
    grant_types: ["refresh_token", "authorization_code"],
    response_types: ["code"],
    scope: "openid api/read",
    jwks: { keys: [{ kty: "EC", crv: "P-256", x: "x", y: "y" }] },
  };
  expect(parseDocument(JSON.stringify(more), url)).toEqual({
    redirectUris: ["http://localhost:33418/callback"],
    refreshes: true,
    scopes: ["openid", "api/read"],
  });
});

test.each([
  ["document_json", "", "nothing"],
  ["document_json", "<!doctype html>", "a page"],
  ["document_json", "null", "null"],
  ["document_json", `[${JSON.stringify(plain)}]`, "a list"],
])("is refused with %s for %j, %s", (code, text) => {
  expect(codeOf(text)).toBe(code);
});

test.each([
  ["document_client_id", { client_id: undefined }],
  ["document_client_id", { client_id: "https://client.example/other.json" }],
  ["document_client_id", { client_id: `${url}/` }],
  ["document_client_id", { client_id: "https://client.example:443/client.json" }],
  ["document_client_id", { client_id: [url] }],
  ["document_auth_method", { token_endpoint_auth_method: undefined }],
  ["document_auth_method", { token_endpoint_auth_method: "private_key_jwt" }],
  ["document_auth_method", { token_endpoint_auth_method: "client_secret_basic" }],
  ["document_auth_method", { token_endpoint_auth_method: ["none"] }],
  ["document_secret", { client_secret: "s3cret" }],
  ["document_secret", { client_secret_expires_at: 0 }],
  ["document_secret", { jwks: { keys: [{ kty: "oct", k: "c2VjcmV0" }] } }],
  ["document_secret", { jwks: { keys: [{ kty: "EC", crv: "P-256", d: "x" }] } }],
  ["document_grant_types", { grant_types: ["client_credentials"] }],
  ["document_grant_types", { grant_types: "authorization_code" }],
  ["document_grant_types", { response_types: ["token"] }],
  ["document_redirect_uris", { redirect_uris: undefined }],
  ["document_redirect_uris", { redirect_uris: [] }],
  ["document_redirect_uris", { redirect_uris: "https://client.example/cb" }],
  ["document_redirect_uris", { redirect_uris: ["https://client.example/cb", 7] }],
  ["document_redirect_uris", { redirect_uris: ["https://client.example/*"] }],
  ["document_redirect_uris", { redirect_uris: ["javascript:alert(1)"] }],
  ["document_redirect_uris", { redirect_uris: ["http://client.example/cb"] }],
  ["document_redirect_uris", { redirect_uris: ["https://client.example/cb#x"] }],
  ["document_scope", { scope: ["openid"] }],
])("is refused with %s for %j", (code, change) => {
  expect(codeOf(JSON.stringify({ ...plain, ...change }))).toBe(code);
});

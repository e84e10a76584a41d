/**
 * Answers the headers that arrived, which no real backend does: the bearer token is among them where it is sent. The session
 * token of whoever signed the request stays here; the search for secrets reads every answer.
 */
export const handler = async ({
  headers: { "x-amz-security-token": _credential, ...headers },
}) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(headers),
});

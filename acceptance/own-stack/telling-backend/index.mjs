/** Answers the headers that arrived, which no real backend does: the bearer token is among them where it is sent. */
export const handler = async ({ headers }) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(headers),
});

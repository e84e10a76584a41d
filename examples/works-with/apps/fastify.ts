import awsLambdaFastify from "@fastify/aws-lambda";
import fastify from "fastify";
import { type ExistingHandlerEvent, protect } from "sst-gatehouse/lambda";

import { access } from "../access";

declare module "fastify" {
  interface FastifyRequest {
    readonly awsLambda: { readonly event: ExistingHandlerEvent };
  }
}

const app = fastify();
app.get("/fastify/whoami", async (request) => {
  const { caller } = request.awsLambda.event.requestContext.authorizer.lambda;
  return { caller, host: request.host, url: request.url };
});
app.post("/fastify/echo", async (request) => request.body);
app.get("/fastify/away", async (_request, reply) => reply.redirect("/fastify/whoami"));
app.get<{ Params: { bytes: string } }>("/fastify/bytes/:bytes", async ({ params }, reply) =>
  reply.type("application/octet-stream").send(Buffer.alloc(Number(params.bytes), 0xff)),
);

export const handler = protect(
  access,
  awsLambdaFastify(app, { binaryMimeTypes: ["application/octet-stream"] }),
);

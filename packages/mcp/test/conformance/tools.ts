import {
  completable,
  createRequestStateCodec,
  fromJsonSchema,
  inputRequired,
  type InputRequest,
  inputResponse,
  type McpServer,
  type McpServerOptions,
  ResourceTemplate,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";

/** The smallest PNG and WAV that are some. */
const image = {
  type: "image",
  mimeType: "image/png",
  data: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
} as const;
const audio = {
  type: "audio",
  mimeType: "audio/wav",
  data: "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=",
} as const;
const text = (said: string) => ({ type: "text", text: said }) as const;
const resource = (uri: string) =>
  ({ type: "resource", resource: { uri, mimeType: "text/plain", text: "embedded" } }) as const;
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/**
 * The tools, resources and prompts that the conformance suite calls by name: what its server scenarios judge is a server
 * that has them. Here it is the template's, behind the gate.
 */
export function addConformanceTools(server: McpServer): void {
  const contents = {
    test_simple_text: [text("simple")],
    test_image_content: [image],
    test_audio_content: [audio],
    test_embedded_resource: [resource("test://embedded-resource")],
    test_multiple_content_types: [
      text("several"),
      image,
      resource("test://mixed-content-resource"),
    ],
  };
  for (const [name, content] of Object.entries(contents))
    server.registerTool(name, { description: name }, () => ({ content: [...content] }));

  server.registerTool("test_error_handling", { description: "fails" }, () => {
    throw new Error("on purpose");
  });
  server.registerTool(
    "test_tool_with_progress",
    { description: "says how far it is" },
    async ({ mcpReq: { _meta, notify } }) => {
      for (const progress of [0, 50, 100]) {
        await notify({
          method: "notifications/progress",
          params: { progressToken: _meta?.progressToken ?? "", progress, total: 100 },
        });
        await pause();
      }
      return { content: [text("done")] };
    },
  );

  for (const name of ["test_tool_with_logging", "test_logging_tool"])
    server.registerTool(name, { description: "logs" }, async ({ mcpReq }) => {
      for (const said of ["started", "working", "done"]) {
        await mcpReq.log("info", said);
        await pause();
      }
      return { content: [text("done")] };
    });

  const region = z.string().meta({ "x-mcp-header": "Region" });
  server.registerTool(
    "test_custom_header",
    {
      description: "has an argument that travels as a header too",
      inputSchema: z.object({ region }),
    },
    ({ region: named }) => ({ content: [text(named)] }),
  );
  server.registerTool(
    "json_schema_2020_12_tool",
    { description: "has a schema that says much", inputSchema: fromJsonSchema(schema) },
    () => ({ content: [text("done")] }),
  );

  addQuestions(server);
  addQuestionsInRounds(server);
  addResources(server);
  addPrompts(server);
}

const schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: { $anchor: "addressDef", type: "object", properties: { city: { type: "string" } } },
  },
  properties: { address: { $ref: "#/$defs/address" }, by: { enum: ["phone", "email"] } },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { by: { const: "phone" } } },
  // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's keyword
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
} as const;

/** What asks the client in the middle of a call, as the revision 2025-11-25 has it; in one form, which nobody sees. */
function addQuestions(server: McpServer): void {
  // Nobody answers; left to itself it waits for a minute.
  const briefly = { timeout: 100 };
  server.registerTool("test_sampling", { description: "asks the model" }, async ({ mcpReq }) => {
    const { content } = await mcpReq.requestSampling(question, briefly);
    return { content: [text(JSON.stringify(content))] };
  });
  for (const name of [
    "test_elicitation",
    "test_elicitation_sep1034_defaults",
    "test_elicitation_sep1330_enums",
  ])
    server.registerTool(name, { description: "asks the person" }, async ({ mcpReq }) => {
      const { action } = await mcpReq.elicitInput(form, briefly);
      return { content: [text(action)] };
    });
}

const question = { messages: [{ role: "user" as const, content: text("?") }], maxTokens: 100 };
const form = {
  message: "Who?",
  requestedSchema: { type: "object" as const, properties: { name: { type: "string" as const } } },
};

/** What asks the client by its answer, and is called again with what the client says: the revision 2026-07-28. */
function addQuestionsInRounds(server: McpServer): void {
  const elicit = inputRequired.elicit(form);
  const sampling = inputRequired.createMessage(question);
  const roots = inputRequired.listRoots();
  const tools: Readonly<Record<string, readonly Record<string, InputRequest>[]>> = {
    test_input_required_result_elicitation: [{ user_name: elicit }],
    test_input_required_result_sampling: [{ capital_question: sampling }],
    test_input_required_result_list_roots: [{ client_roots: roots }],
    test_input_required_result_request_state: [{ confirm: elicit }],
    test_input_required_result_multiple_inputs: [
      { user_name: elicit, greeting: sampling, client_roots: roots },
    ],
    test_input_required_result_multi_round: [{ step1: elicit }, { step2: elicit }],
    test_input_required_result_tampered_state: [{ confirm: elicit }],
    test_input_required_result_capabilities: [{ either: sampling }],
    test_missing_capability: [{ needed: sampling }],
    test_streaming_elicitation: [{ user_name: elicit }],
  };
  for (const [name, rounds] of Object.entries(tools))
    server.registerTool(
      name,
      { description: "asks" },
      async (context) =>
        (await nextRound(rounds, context)) ?? { content: [text("state-ok: all is answered")] },
    );
  server.registerPrompt(
    "test_input_required_result_prompt",
    { description: "asks" },
    async (context) =>
      (await nextRound([{ user_context: elicit }], context)) ?? {
        messages: [{ role: "user", content: text("all is answered") }],
      },
  );
}

/** Any container may get the next round. */
const states = createRequestStateCodec<number>({ key: "only for the tests of this repository" });

/** What the server is made with, so that it has all of this. */
export const conformanceOptions: McpServerOptions = {
  capabilities: {
    logging: {},
    tools: { listChanged: false },
    prompts: { listChanged: false },
    resources: { listChanged: false },
  },
  requestState: { verify: (state, context) => states.verify(state, context) },
};

/** @returns what is asked now; nothing when every round is answered. */
async function nextRound(
  rounds: readonly Record<string, InputRequest>[],
  { mcpReq: { inputResponses, requestState } }: ServerContext,
): Promise<ReturnType<typeof inputRequired> | undefined> {
  const before = requestState<number>() ?? 0;
  const answered = Object.keys(rounds[before] ?? {}).every(
    (key) => inputResponse(inputResponses, key).kind !== "missing",
  );
  const round = answered ? before + 1 : before;
  const inputRequests = rounds[round];
  if (inputRequests === undefined) return undefined;
  return inputRequired({ inputRequests, requestState: await states.mint(round) });
}

function addResources(server: McpServer): void {
  const mimeType = "text/plain";
  server.registerResource("text", "test://static-text", { mimeType }, ({ href }) => ({
    contents: [{ uri: href, mimeType, text: "static" }],
  }));
  server.registerResource(
    "binary",
    "test://static-binary",
    { mimeType: image.mimeType },
    ({ href }) => ({
      contents: [{ uri: href, mimeType: image.mimeType, blob: image.data }],
    }),
  );
  server.registerResource(
    "template",
    new ResourceTemplate("test://template/{id}/data", { list: undefined }),
    { mimeType },
    ({ href }, { id }) => ({ contents: [{ uri: href, mimeType, text: `data of ${String(id)}` }] }),
  );
}

function addPrompts(server: McpServer): void {
  const say = (
    ...contents: readonly (typeof image | ReturnType<typeof text | typeof resource>)[]
  ) => ({
    messages: contents.map((content) => ({ role: "user" as const, content })),
  });
  server.registerPrompt("test_simple_prompt", { description: "simple" }, () => say(text("simple")));
  server.registerPrompt("test_prompt_with_image", { description: "an image" }, () => say(image));
  server.registerPrompt(
    "test_prompt_with_arguments",
    {
      description: "two arguments",
      argsSchema: z.object({
        arg1: completable(z.string(), (begun) => [`${begun}…`]),
        arg2: z.string(),
      }),
    },
    ({ arg1, arg2 }) => say(text(`${arg1} and ${arg2}`)),
  );
  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    { description: "a resource", argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => say(resource(resourceUri)),
  );
}

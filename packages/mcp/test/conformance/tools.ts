import { completable } from "@modelcontextprotocol/sdk/server/completable.js";
import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { SetLevelRequestSchema } from "@modelcontextprotocol/sdk/types.js";
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
    async ({ _meta, sendNotification }) => {
      for (const progress of [0, 50, 100]) {
        await sendNotification({
          method: "notifications/progress",
          params: { progressToken: _meta?.progressToken ?? "", progress, total: 100 },
        });
        await pause();
      }
      return { content: [text("done")] };
    },
  );

  server.server.registerCapabilities({ logging: {} });
  server.server.setRequestHandler(SetLevelRequestSchema, () => ({}));
  server.registerTool(
    "test_tool_with_logging",
    { description: "logs" },
    async ({ sendNotification }) => {
      for (const data of ["started", "working", "done"]) {
        await sendNotification({
          method: "notifications/message",
          params: { level: "info", data },
        });
        await pause();
      }
      return { content: [text("done")] };
    },
  );

  addQuestions(server);
  addResources(server);
  addPrompts(server);
}

/** What asks the client something in the middle of a call, in one form for all: none gets as far as the form. */
function addQuestions(server: McpServer): void {
  server.registerTool("test_sampling", { description: "asks the model" }, async () => {
    const { content } = await server.server.createMessage(
      { messages: [{ role: "user", content: text("?") }], maxTokens: 100 },
      // Nobody answers; left to itself it waits for a minute.
      { timeout: 100 },
    );
    return { content: [text(JSON.stringify(content))] };
  });
  for (const name of [
    "test_elicitation",
    "test_elicitation_sep1034_defaults",
    "test_elicitation_sep1330_enums",
  ])
    server.registerTool(name, { description: "asks the person" }, async () => {
      const { action } = await server.server.elicitInput({
        message: "Who?",
        requestedSchema: { type: "object", properties: { name: { type: "string" } } },
      });
      return { content: [text(action)] };
    });
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
      argsSchema: { arg1: completable(z.string(), (begun) => [`${begun}…`]), arg2: z.string() },
    },
    ({ arg1, arg2 }) => say(text(`${arg1} and ${arg2}`)),
  );
  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    { description: "a resource", argsSchema: { resourceUri: z.string() } },
    ({ resourceUri }) => say(resource(resourceUri)),
  );
}

/**
 * The `data` of each event of a `text/event-stream`, as soon as the event is complete. Comments are left out.
 *
 * `EventSource` does the same, but does not show the status and text of a refusal.
 */
export async function* eventData(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let received = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    received += read.value;
    const blocks = received.split("\n\n");
    received = blocks.pop() ?? "";
    for (const block of blocks) {
      const lines = block.split("\n").filter((line) => line.startsWith("data:"));
      if (lines.length > 0) yield lines.map((line) => line.replace(/^data: ?/, "")).join("\n");
    }
  }
}

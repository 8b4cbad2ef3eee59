/** A server-sent event. */
export interface ServerEvent {
  readonly id: string;
  readonly data: string;
}

/** The events of a `text/event-stream` body, as they come. Comments, and what has no data, are left out. */
export async function* readServerEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  let rest = "";
  for await (const chunk of chunksOf(
    body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>),
  )) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parse(block);
      if (event.data !== "") yield event;
    }
  }
}

/** Not every browser iterates a stream by itself. */
async function* chunksOf(stream: ReadableStream<string>): AsyncGenerator<string> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

function parse(block: string): ServerEvent {
  const field = (name: string): string =>
    block
      .split("\n")
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2))
      .join("\n");
  return { id: field("id"), data: field("data") };
}

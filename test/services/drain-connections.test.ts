import { Agent, createServer, get, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { drainConnections } from "../../services/shared/runtime/drain-connections.ts";
import { portOfServer } from "../../services/shared/runtime/probes.ts";

let server: Server;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
afterEach(() => {
  agent.destroy();
  server.closeAllConnections();
  server.close();
});

async function start(): Promise<number> {
  server = createServer((_, response) => response.end("answer"));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return portOfServer(server);
}

const ask = (port: number): Promise<{ connection: string | undefined; reused: boolean }> =>
  new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, agent }, (response) => {
      response
        .resume()
        .on("end", () => resolve({ connection: response.headers.connection, reused: request.reusedSocket }));
    });
    request.on("error", reject);
  });

test("a kept connection is answered once more, and told to close", async () => {
  const port = await start();
  expect(await ask(port)).toEqual({ connection: "keep-alive", reused: false });
  const drained = drainConnections(server, 60);
  expect(await ask(port)).toEqual({ connection: "close", reused: true });
  await drained;
});

test("a new connection is still answered", async () => {
  const port = await start();
  await ask(port);
  const drained = drainConnections(server, 60);
  await ask(port);
  expect(await ask(port)).toEqual({ connection: "close", reused: false });
  await drained;
});

test("a connection on which nothing is asked is left alone until the time is up", async () => {
  const port = await start();
  await ask(port);
  await drainConnections(server, 0.2);
  expect(await ask(port)).toEqual({ connection: "close", reused: true });
});

import { createServer, type Server } from "node:net";
import { describe, expect, test } from "vitest";
import { copied, devProject, EXECUTE, startedPids, welcomed } from "../cli/dev.ts";
import { until } from "../services/stack.ts";

const { start } = devProject();

describe("promptops dev", () => {
  test("starts a service again that was killed, at the same address", async () => {
    const dev = start();
    try {
      const out = await welcomed(dev);
      for (const pid of startedPids(out, "api")) process.kill(pid, "SIGKILL");
      await until("the word of its end", () => Promise.resolve(/^api ended/m.test(dev.out()) || undefined));
      const again = await until("an answer at the same address", () => copied(out, EXECUTE).catch(() => undefined));
      expect(again).toMatchObject({ state: "queued" });
    } finally {
      dev.process.kill("SIGINT");
      await dev.ended;
    }
  });

  test("takes other ports where its own are taken", async () => {
    const takers = await Promise.all([8080, 8000, 9081].map(occupy));
    const dev = start();
    try {
      const out = await welcomed(dev);
      expect(out).not.toMatch(/API +http:\/\/127\.0\.0\.1:8080/);
      expect(await copied(out, EXECUTE)).toMatchObject({ state: "queued" });
    } finally {
      dev.process.kill("SIGINT");
      await dev.ended;
      takers.forEach((server) => server?.close());
    }
  });
});

/** Takes a port, unless somebody else has it already, which is as good. */
function occupy(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(undefined);
    });
    server.listen(port, "127.0.0.1", () => {
      resolve(server);
    });
  });
}

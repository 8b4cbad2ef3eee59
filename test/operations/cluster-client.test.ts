import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ClusterClient } from "../../operations/cluster-client.ts";
import { UserError } from "../../platform/faults.ts";

const PODS = { apiVersion: "v1", kind: "Pod" };
const answers: Readonly<Record<string, object>> = {
  "/api/v1": { resources: [{ name: "pods", kind: "Pod", namespaced: true }] },
  "/api/v1/pods": { kind: "PodList", apiVersion: "v1", items: [] },
};
/** What the server was asked, with which credentials. */
const asked: string[] = [];
let folder: string;
let server: Server;
let address: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-kubeconfig-"));
  server = createServer(({ url = "", headers }, response) => {
    asked.push(`${headers.authorization ?? ""} ${url}`);
    const body = answers[url] ?? { kind: "Status", message: "no right to do that" };
    response.writeHead(url in answers ? 200 : 403, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  asked.length = 0;
});

/** Writes a file of one context, and returns its path. */
function kubeconfig(context: string, user: object, at = address): string {
  const path = join(folder, `${context}.json`);
  const cluster = { server: at, "insecure-skip-tls-verify": true };
  const content = {
    "current-context": context,
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    clusters: [{ name: context, cluster }],
    users: [{ name: context, user }],
  };
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const use = (...paths: readonly string[]): void => void vi.stubEnv("KUBECONFIG", paths.join(delimiter));

describe("a context of the kubeconfig", () => {
  test("is used whichever is current, from any of the files in KUBECONFIG", async () => {
    use(kubeconfig("one", { token: "first" }), kubeconfig("two", { token: "second" }));
    for (const context of ["one", "two"])
      expect(await (await ClusterClient.fromContext(context)).list(PODS)).toEqual([]);
    expect(asked.filter((each) => each.endsWith("/pods"))).toEqual([
      "Bearer first /api/v1/pods",
      "Bearer second /api/v1/pods",
    ]);
  });

  test("may name a program that prints credentials, as EKS's does", async () => {
    const status = JSON.stringify({ status: { token: "short-lived" } });
    const env = [{ name: "SAYS", value: status }];
    use(kubeconfig("plug-in", { exec: { command: "node", args: ["-e", "console.log(process.env.SAYS)"], env } }));
    await (await ClusterClient.fromContext("plug-in")).list(PODS);
    expect(asked).toContain("Bearer short-lived /api/v1/pods");
  });
});

describe("the user is told", () => {
  const refusal = async (context: string): Promise<UserError> => {
    const work = ClusterClient.fromContext(context).then((client) => client.list(PODS));
    return work.then(
      () => expect.unreachable(),
      (error: unknown) => error as UserError,
    );
  };

  test.each<[string, () => void, RegExp]>([
    [
      "that a context is missing, and which there are",
      () => use(kubeconfig("other", {})),
      /'one'. Its contexts are other\. /,
    ],
    [
      "that the file is missing",
      () => use(join(folder, "missing")),
      /^The kubeconfig cannot be read: ENOENT.*Set KUBECONFIG/,
    ],
    [
      "that a plug-in is not installed",
      () => use(kubeconfig("one", { exec: { command: "/no/such/program" } })),
      /^The credentials of the context 'one' cannot be read: .*\/no\/such\/program/,
    ],
    [
      "what a plug-in says when it fails",
      () =>
        use(
          kubeconfig("one", { exec: { command: "node", args: ["-e", "console.error('expired'); process.exit(1)"] } }),
        ),
      /^The credentials of the context 'one' cannot be read: expired\./,
    ],
    [
      "that a server cannot be reached",
      () => use(kubeconfig("one", { token: "t" }, "http://127.0.0.1:1")),
      /^The Kubernetes API at http:\/\/127\.0\.0\.1:1 refused or did not answer: .*ECONNREFUSED/,
    ],
  ])("%s", async (_, prepare, message) => {
    prepare();
    const error = await refusal("one");
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(message);
  });

  test("what the server refuses, in its own words", async () => {
    use(kubeconfig("one", { token: "t" }));
    const client = await ClusterClient.fromContext("one");
    const pod = { ...PODS, metadata: { name: "a", namespace: "b" } };
    await expect(client.evict(pod)).rejects.toThrow(/did not answer: 403 no right to do that\. Correct that/);
  });
});

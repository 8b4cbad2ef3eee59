import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServiceProcess, startService } from "../../local/service-process.ts";
import { EgressError } from "../../services/shared/egress/egress-error.ts";
import { programsOfRun } from "../services/programs.ts";
import { openTunnel } from "../../services/shared/egress/tunnel.ts";

const lines: string[] = [];
let proxy: ServiceProcess;
let url: string;

const start = (): Promise<ServiceProcess> =>
  startService({
    name: "egress-proxy",
    programs: programsOfRun().programs ?? "",
    env: {
      ...{ PROMPTOPS_ENVIRONMENT: "local", PROMPTOPS_ADDRESS: "127.0.0.1" },
      ...{ PROMPTOPS_PORT_HTTP: "0", PROMPTOPS_PORT_METRICS: "0" },
    },
    onLine: (line) => lines.push(line),
  });

beforeAll(async () => {
  proxy = await start();
  url = `http://127.0.0.1:${proxy.ports["http"] ?? 0}`;
});
afterAll(() => proxy.stop());

const reasonOf = (host: string, port = 443): Promise<string> =>
  openTunnel(url, { host, port }, new AbortController().signal).then(
    () => "connected",
    (error: unknown) => (error instanceof EgressError ? error.reason : String(error)),
  );

describe("the service", () => {
  test.each([
    "127.0.0.1",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "192.0.2.1",
    "::1",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
  ])("refuses %s", async (address) => {
    expect(await reasonOf(address)).toBe("destination_ip_prohibited");
  });

  test("refuses every port but that of HTTPS", async () => {
    expect(await Promise.all([80, 25, 587, 5432, 6443].map((port) => reasonOf("93.184.215.14", port)))).toEqual(
      Array(5).fill("http_request_denied"),
    );
  });

  test("answers its probes, and nothing else that is no CONNECT", async () => {
    const statuses = ["/health/live", "/health/ready", "/health/startup", "/", "/metrics"].map(
      async (path) => (await fetch(`${url}${path}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200, 200, 404, 404]);
  });

  test("does not forward a request for a URL", async () => {
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port) });
    socket.end("GET http://169.254.169.254/latest/meta-data/ HTTP/1.1\r\nhost: 169.254.169.254\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 404 /);
  });

  test("counts what came of each tunnel, and says of a refusal its host, port and reason alone", async () => {
    await reasonOf("198.51.100.7");
    const metrics = await (await fetch(`http://127.0.0.1:${proxy.ports["metrics"] ?? 0}/metrics`)).text();
    expect(metrics).toMatch(/^promptops_egress_tunnels_total\{result="destination_ip_prohibited"\} \d+$/m);
    expect(metrics).toMatch(/^promptops_egress_open_tunnels 0$/m);
    const said = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ host }) => host === "198.51.100.7");
    expect(said).toEqual({
      ...{ level: "info", time: expect.any(String), service: "egress-proxy", pid: proxy.pid },
      ...{ host: "198.51.100.7", port: 443, reason: "destination_ip_prohibited", msg: "a tunnel was refused" },
    });
  });

  test("ends with status 0 when it is told to stop, also while a client sends nothing", async () => {
    const other = await start();
    const silent: Socket = connect({ host: "127.0.0.1", port: other.ports["http"] ?? 0 });
    silent.on("error", () => undefined);
    await once(silent, "connect");
    expect(await other.stop()).toBe(0);
    silent.destroy();
  });
});

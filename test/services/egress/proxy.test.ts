import { createServer, type IncomingMessage } from "node:http";
import { connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { request } from "node:https";
import { once } from "node:events";
import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { EgressProxy, type EgressProxyOptions } from "../../../services/egress-proxy/proxy.ts";
import { EgressError } from "../../../services/shared/egress/egress-error.ts";
import { openTunnel } from "../../../services/shared/egress/tunnel.ts";
import { startDnsServer, type Zone } from "./dns-server.ts";
import { CERTIFICATE, startTlsOrigin } from "./tls-origin.ts";

/** An address on the internet: what is dialled there arrives at a server of this machine. */
const PUBLIC = "93.184.215.14";
const OTHER = "1.1.1.1";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Started {
  readonly url: string;
  readonly results: string[];
  readonly open: number[];
  readonly dialled: string[];
  readonly lines: object[];
  readonly questions: readonly string[];
  readonly proxy: EgressProxy;
}

async function startProxy(
  zone: Zone,
  originPort: number,
  more: Partial<Pick<EgressProxyOptions, "limits" | "times">> = {},
): Promise<Started> {
  const dns = await startDnsServer(zone);
  const [results, open, dialled, lines]: [string[], number[], string[], object[]] = [[], [], [], []];
  const proxy = new EgressProxy({
    ports: [443],
    resolver: dns.resolver,
    log: { info: (line: object) => lines.push(line) } as never,
    onResult: (result) => results.push(result),
    onOpen: (count) => open.push(count),
    otherwise: (_, response) => response.writeHead(404).end(),
    dial: (address, port) => {
      dialled.push(`${address}:${port}`);
      return connect({ host: "127.0.0.1", port: originPort, allowHalfOpen: true });
    },
    ...more,
  });
  const port = await proxy.listen(0, "127.0.0.1");
  stops.push(dns.stop, () => proxy.stop(0));
  return { url: `http://127.0.0.1:${port}`, results, open, dialled, lines, questions: dns.questions, proxy };
}

const everyName =
  (...addresses: string[]): Zone =>
  (_, type) =>
    addresses.filter((address) => address.includes(":") === (type === "AAAA"));

const tunnelTo = (url: string, host: string, port = 443): Promise<Socket> =>
  openTunnel(url, { host, port }, new AbortController().signal);

const reasonOf = (opened: Promise<Socket>): Promise<string> =>
  opened.then(
    () => "connected",
    (error: unknown) => (error instanceof EgressError ? error.reason : String(error)),
  );

/** A server that sends back what it gets. */
async function startEcho(): Promise<{ server: Server; port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    return Promise.resolve();
  });
  return { server, port: (server.address() as AddressInfo).port, sockets };
}

describe("a tunnel", () => {
  test("leads to the origin, whose TLS and certificate the client sees", async () => {
    const origin = await startTlsOrigin((incoming, response) => {
      response.end(`${incoming.method ?? ""} ${incoming.headers.host ?? ""}`);
    });
    stops.push(origin.stop);
    const { url, results, dialled } = await startProxy(everyName(PUBLIC), origin.port);
    const socket = await tunnelTo(url, "models.example");
    const answer = await new Promise<string>((resolve, reject) => {
      const sent = request("https://models.example/v1/chat", {
        method: "POST",
        defaultPort: 443,
        createConnection: () => connectTls({ socket, servername: "models.example", ca: CERTIFICATE }),
      });
      sent.on("error", reject).on("response", (message: IncomingMessage) => {
        message.setEncoding("utf8").on("data", resolve);
      });
      sent.end();
    });
    expect(answer).toBe("POST models.example");
    expect(results).toEqual(["connected"]);
    expect(dialled).toEqual([`${PUBLIC}:443`]);
  });

  test("passes on what one end still sends after the other has ended", async () => {
    const origin = createTcpServer({ allowHalfOpen: true }, (socket) => {
      socket.resume().on("end", () => socket.end("the answer"));
    });
    origin.listen(0, "127.0.0.1");
    await once(origin, "listening");
    stops.push(() => Promise.resolve(origin.close()));
    const { url } = await startProxy(everyName(PUBLIC), (origin.address() as AddressInfo).port);
    const socket = await tunnelTo(url, "models.example");
    socket.end("the question");
    expect((await once(socket, "data")).toString()).toBe("the answer");
  });

  test("is closed when nothing has passed for the idle time, and when it has lasted the longest time", async () => {
    const { port } = await startEcho();
    const idle = await startProxy(everyName(PUBLIC), port, { times: { idle: 50, longest: 60_000 } });
    await once(await tunnelTo(idle.url, "models.example"), "close");
    const long = await startProxy(everyName(PUBLIC), port, { times: { idle: 60_000, longest: 50 } });
    await once(await tunnelTo(long.url, "models.example"), "close");
    await expect.poll(() => [idle.open.at(-1), long.open.at(-1)]).toEqual([0, 0]);
  });

  test("is closed at the origin when the client is gone, and at the client when the origin is", async () => {
    const { port, sockets } = await startEcho();
    const { url } = await startProxy(everyName(PUBLIC), port);
    const one = await tunnelTo(url, "models.example");
    one.write("x");
    await once(one, "data");
    one.resetAndDestroy();
    await once(sockets[0] as Socket, "close");
    const other = await tunnelTo(url, "models.example");
    other.on("error", () => undefined).write("x");
    await once(other, "data");
    sockets[1]?.resetAndDestroy();
    await once(other, "close");
  });
});

describe("a host is refused", () => {
  test.each([
    ["with a private address", everyName("10.0.0.7"), "destination_ip_prohibited"],
    ["with a private address among public ones", everyName(PUBLIC, "10.0.0.7"), "destination_ip_prohibited"],
    [
      "with a private IPv6 address beside a public IPv4 one",
      everyName(PUBLIC, "fd00:ec2::254"),
      "destination_ip_prohibited",
    ],
    [
      "with a mapped loopback address",
      everyName("::ffff:127.0.0.1".replace("127.0.0.1", "7f00:1")),
      "destination_ip_prohibited",
    ],
    ["with the metadata service's address behind NAT64", everyName("64:ff9b::a9fe:a9fe"), "destination_ip_prohibited"],
    ["without an address", everyName(), "dns_error"],
    ["that does not exist", () => undefined, "dns_error"],
  ] satisfies [string, Zone, string][])("%s", async (_, zone, reason) => {
    const { url, results, dialled, lines } = await startProxy(zone, 1);
    expect(await reasonOf(tunnelTo(url, "models.example"))).toBe(reason);
    expect(results).toEqual([reason]);
    expect(dialled).toEqual([]);
    expect(lines).toEqual([{ host: "models.example", port: 443, reason }]);
  });

  test.each([
    "127.0.0.1",
    "169.254.169.254",
    "10.96.0.1",
    "::1",
    "fd00:ec2::254",
    "::ffff:10.0.0.7",
    "64:ff9b::7f00:1",
  ])("by its address %s, without asking DNS", async (address) => {
    const { url, questions, dialled } = await startProxy(everyName(PUBLIC), 1);
    expect(await reasonOf(tunnelTo(url, address))).toBe("destination_ip_prohibited");
    expect([questions, dialled]).toEqual([[], []]);
  });

  test.each(["127.1", "2130706433", "0x7f000001", "0177.0.0.1"])(
    "whose name '%s' is an address elsewhere",
    async (name) => {
      const { url, dialled } = await startProxy(() => undefined, 1);
      expect(await reasonOf(tunnelTo(url, name))).toBe("dns_error");
      expect(dialled).toEqual([]);
    },
  );

  test.each([
    ["models.example", 80],
    ["models.example", 22],
    ["models.example", 6379],
  ])("on a port that is not allowed: %s:%i", async (host, port) => {
    const { url, questions } = await startProxy(everyName(PUBLIC), 1);
    expect(await reasonOf(tunnelTo(url, host, port))).toBe("http_request_denied");
    expect(questions).toEqual([]);
  });

  test.each([
    "",
    "models.example",
    "http://models.example:443/",
    "a b:443",
    "user@models.example:443",
    "-a.example:443",
  ])("that is malformed: '%s'", async (authority) => {
    const { url, dialled } = await startProxy(everyName(PUBLIC), 1);
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port) });
    socket.end(`CONNECT ${authority} HTTP/1.1\r\nhost: x\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(dialled).toEqual([]);
  });
});

describe("a host whose address changes", () => {
  test("is connected to at the address that was checked, and not resolved again", async () => {
    const { port } = await startEcho();
    const rebinding: Zone = (_, type, time) => (type === "AAAA" ? [] : [time === 0 ? PUBLIC : "127.0.0.1"]);
    const { url, dialled, questions } = await startProxy(rebinding, port);
    await tunnelTo(url, "rebinding.example");
    expect(dialled).toEqual([`${PUBLIC}:443`]);
    expect(questions.toSorted()).toEqual(["A rebinding.example", "AAAA rebinding.example"]);
    expect(await reasonOf(tunnelTo(url, "rebinding.example"))).toBe("destination_ip_prohibited");
    expect(dialled).toHaveLength(1);
  });
});

describe("what cannot be connected to", () => {
  test("is tried at each address, and told as refused", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const { url, dialled } = await startProxy(everyName(PUBLIC, OTHER), port);
    expect(await reasonOf(tunnelTo(url, "models.example"))).toBe("connection_refused");
    expect(dialled).toEqual([`${PUBLIC}:443`, `${OTHER}:443`]);
  });
});

describe("the number of open tunnels", () => {
  test("is bounded per client and in total, and a place is free again when a tunnel has ended", async () => {
    const { port } = await startEcho();
    const { url, open, results } = await startProxy(everyName(PUBLIC), port, { limits: { total: 3, perClient: 2 } });
    const first = await tunnelTo(url, "models.example");
    await tunnelTo(url, "models.example");
    expect(await reasonOf(tunnelTo(url, "models.example"))).toBe("connection_limit_reached");
    first.destroy();
    await expect.poll(() => open.at(-1)).toBe(1);
    await tunnelTo(url, "models.example");
    expect(results).toEqual(["connected", "connected", "connection_limit_reached", "connected"]);
  });

  test("is bounded over clients that have several addresses", async () => {
    const { port } = await startEcho();
    const { url } = await startProxy(everyName(PUBLIC), port, { limits: { total: 2, perClient: 2 } });
    const from = (localAddress: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port), localAddress });
        stops.push(() => Promise.resolve(socket.destroy()));
        socket.write("CONNECT models.example:443 HTTP/1.1\r\nhost: models.example:443\r\n\r\n");
        socket.once("data", (data: Buffer) => {
          resolve(data.toString().split("\r\n")[0] ?? "");
        });
      });
    expect(await from("127.0.0.2")).toContain(" 200 ");
    expect(await from("127.0.0.3")).toContain(" 200 ");
    expect(await from("127.0.0.4")).toContain(" 503 ");
  });
});

describe("a proxy that is told to stop", () => {
  test("takes no more connections, and lets a tunnel end", async () => {
    const { port } = await startEcho();
    const { url, proxy } = await startProxy(everyName(PUBLIC), port);
    const socket = await tunnelTo(url, "models.example");
    const stopped = proxy.stop(60);
    expect(await reasonOf(tunnelTo(url, "models.example"))).toBe("proxy_internal_error");
    socket.write("still here");
    expect((await once(socket, "data")).toString()).toBe("still here");
    socket.end();
    await stopped;
  });

  test("cuts what is left after the drain", async () => {
    const { port } = await startEcho();
    const { url, proxy } = await startProxy(everyName(PUBLIC), port);
    const socket = await tunnelTo(url, "models.example");
    socket.on("error", () => undefined);
    await Promise.all([once(socket, "close"), proxy.stop(0.05)]);
  });
});

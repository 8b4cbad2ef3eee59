import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { Readable } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import { callModel } from "../../../services/worker/call-model.ts";
import { ModelError } from "../../../services/worker/model-error.ts";
import { EgressError } from "../../../services/shared/egress/egress-error.ts";
import { egressFetch } from "../../../services/shared/egress/fetch.ts";
import { limitBytes, limitEvents } from "../../../services/shared/egress/limit-events.ts";
import { modelWith } from "../model-with.ts";
import { startDnsServer, type Zone } from "./dns-server.ts";
import { startTlsOrigin } from "./tls-origin.ts";

const PUBLIC = "93.184.215.14";
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Fetches directly, with DNS of the test's own. What it dials arrives at a port of this machine. */
async function direct(zone: Zone, port = 1): Promise<{ fetch: ReturnType<typeof egressFetch>; dialled: string[] }> {
  const dns = await startDnsServer(zone);
  stops.push(dns.stop);
  const dialled: string[] = [];
  const dial = (address: string, to: number): Socket => {
    dialled.push(`${address}:${to}`);
    return connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  };
  return { fetch: egressFetch({ proxy: undefined, resolver: dns.resolver, dial }), dialled };
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "no failure",
    (error: unknown) => (error instanceof EgressError ? error.reason : (error as NodeJS.ErrnoException).code),
  );

const onIPv4 =
  (...addresses: string[]): Zone =>
  (_, type) =>
    type === "A" ? addresses : [];

describe("a request without a proxy", () => {
  test.each([["127.0.0.1"], ["10.0.0.7"], ["169.254.169.254"], [PUBLIC, "192.168.1.1"]])(
    "is not sent to a host at %s",
    async (...addresses) => {
      const { fetch, dialled } = await direct(onIPv4(...addresses));
      expect(await failure(fetch("https://models.example/v1"))).toBe("destination_ip_prohibited");
      expect(dialled).toEqual([]);
    },
  );

  test.each([
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://[fd00:ec2::254]/",
    "https://0x7f.1/",
    "https://2130706433/",
  ])("is not sent to %s", async (url) => {
    const { fetch, dialled } = await direct(onIPv4(PUBLIC));
    expect(await failure(fetch(url))).toBe("destination_ip_prohibited");
    expect(dialled).toEqual([]);
  });

  test("goes to the address that was checked, though the next answer of DNS is a private one", async () => {
    const origin = await startTlsOrigin((_, response) => response.end());
    stops.push(origin.stop);
    const rebinding: Zone = (_, type, time) => (type === "AAAA" ? [] : [time === 0 ? PUBLIC : "127.0.0.1"]);
    const { fetch, dialled } = await direct(rebinding, origin.port);
    await failure(fetch("https://models.example/v1"));
    expect(dialled).toEqual([`${PUBLIC}:443`]);
    expect(await failure(fetch("https://models.example/v1"))).toBe("destination_ip_prohibited");
    expect(dialled).toHaveLength(1);
  });

  test("is not sent to who has a certificate that nobody vouches for", async () => {
    let requests = 0;
    const origin = await startTlsOrigin((_, response) => {
      requests += 1;
      response.end();
    });
    stops.push(origin.stop);
    const { fetch } = await direct(onIPv4(PUBLIC), origin.port);
    expect(await failure(fetch("https://models.example/v1"))).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(requests).toBe(0);
  });

  test("ends when it is aborted while the host does not answer", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    stops.push(() => Promise.resolve(server.close()));
    const { fetch } = await direct(onIPv4(PUBLIC), (server.address() as AddressInfo).port);
    const controller = new AbortController();
    const sent = fetch("https://models.example/v1", { signal: controller.signal });
    const [socket] = (await once(server, "connection")) as [Socket];
    socket.on("error", () => undefined);
    controller.abort();
    await expect(sent).rejects.toThrow("aborted");
    socket.destroy();
  });
});

describe("a call of a model on the internet", () => {
  const call = async (zone: Zone): Promise<ModelError> => {
    const { fetch } = await direct(zone);
    const endpoint = { url: "https://models.example/v1", protocol: "openai", concurrency: 1, fetch } as const;
    const lease = { model: "simulated", messages: [], parameters: {} };
    const options = { onText: () => undefined, signal: new AbortController().signal };
    return callModel({ ...endpoint, models: [modelWith()] }, lease, options).then(
      () => expect.unreachable(),
      (error: unknown) => error as ModelError,
    );
  };

  test("fails for good at a host that is refused, and says so", async () => {
    const error = await call(onIPv4("10.0.0.7"));
    expect(error).toMatchObject({ code: "model_address_refused", retryable: false, endpointFailed: true });
    expect(error.message).toBe(
      "The model's endpoint: The host has an address that is not on the public internet. (destination_ip_prohibited)",
    );
  });

  test("is tried again at a host that has no address, or does not answer", async () => {
    expect(await call(() => undefined)).toMatchObject({ code: "model_unreachable", retryable: true });
    expect(await call(onIPv4(PUBLIC))).toMatchObject({ code: "model_unreachable", retryable: true });
  });
});

describe("a stream of events", () => {
  const through = (...chunks: string[]): Promise<string> =>
    text(Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(limitEvents(10)));

  test.each([[["data: 123\n\ndata: 456\n\n", "data: 789\r\n\r\n"]], [["1234567\r\n\r\n", "1234567\n", "\n1234567"]]])(
    "passes as long as no event is too large: %#",
    async (chunks) => {
      expect(await through(...chunks)).toBe(chunks.join(""));
    },
  );

  test.each([[["data: 1\n", "data: 2\n", "data: 3\n"]], [["12345678901"]], [["\n\n1234", "567\n", "8901\n"]]])(
    "breaks when one is: %#",
    async (chunks) => {
      const limited = Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(limitEvents(10));
      await expect(text(limited)).rejects.toThrow("More than 10 bytes came without the end of an event.");
    },
  );
});

test("an answer that is no stream breaks when it has too many bytes", async () => {
  const of = (...chunks: string[]): Promise<Buffer> =>
    buffer(Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(limitBytes(4)));
  expect((await of("12", "34")).toString()).toBe("1234");
  await expect(of("12", "345")).rejects.toThrow("More than 4 bytes came.");
});

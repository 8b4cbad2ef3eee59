import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";

const TYPES: Readonly<Record<number, "A" | "AAAA">> = { 1: "A", 28: "AAAA" };
const NAME_ERROR = 3;

/** The addresses of a name at the n-th time that it is asked for, from 0; undefined where the name does not exist. */
export type Zone = (name: string, type: "A" | "AAAA", time: number) => readonly string[] | undefined;

export interface DnsServer {
  /** Asks this server alone. */
  readonly resolver: Resolver;
  /** Such as `A models.example`, in order. */
  readonly questions: readonly string[];
  readonly stop: () => Promise<void>;
}

/** A DNS server (RFC 1035) on this machine, over UDP. */
export async function startDnsServer(zone: Zone, port = 0): Promise<DnsServer> {
  const questions: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, { port: from, address }) => {
    const { name, type, end } = questionOf(query);
    const asked = `${type} ${name}`;
    const addresses = zone(name, type, questions.filter((each) => each === asked).length);
    questions.push(asked);
    socket.send(answer(query.subarray(0, end), type, addresses), from, address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(port, "127.0.0.1", resolve);
  });
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    resolver,
    questions,
    stop: () =>
      new Promise((resolve) => {
        socket.close(resolve);
      }),
  };
}

function questionOf(query: Buffer): { name: string; type: "A" | "AAAA"; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  const type = TYPES[query.readUInt16BE(at + 1)];
  if (!type) throw new Error("The test's DNS server answers A and AAAA alone.");
  return { name: labels.join(".").toLowerCase(), type, end: at + 5 };
}

function answer(question: Buffer, type: "A" | "AAAA", addresses: readonly string[] | undefined): Buffer {
  const header = Buffer.from(question);
  header.writeUInt16BE(0x8180 | (addresses ? 0 : NAME_ERROR), 2);
  header.writeUInt16BE(addresses?.length ?? 0, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, ...(addresses ?? []).map((address) => record(type, bytesOf(address)))]);
}

/** A pointer to the question's name, type, class IN, a lifetime of 0 s, and the address. */
function record(type: "A" | "AAAA", address: Buffer): Buffer {
  const start = Buffer.from([0xc0, 12, 0, type === "A" ? 1 : 28, 0, 1, 0, 0, 0, 0, 0, address.length]);
  return Buffer.concat([start, address]);
}

function bytesOf(address: string): Buffer {
  if (!address.includes(":")) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail] = address.split("::");
  const groups = (text = ""): number[] =>
    text
      .split(":")
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail)];
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { freePort } from "../../local/ports.ts";
import { ensurePrograms } from "../../tools/go-programs.ts";
import { buildModules, moduleRequiring } from "../cluster/go-modules.ts";
import { until } from "../services/stack.ts";

const VERSION = "v1.8.0";
const REGION = "us-east-1";

/** VersityGW, an S3 server that keeps objects in a folder, with one empty bucket. */
export interface S3Server {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Lets it answer nothing, with every connection open. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly close: () => Promise<void>;
}

/** The file of the program, built from its Go module on first use. */
async function ensureServer(): Promise<string> {
  const programs = { versitygw: "github.com/versity/versitygw/cmd/versitygw" };
  const folder = await ensurePrograms({
    name: `versitygw-${VERSION}`,
    notice: `building VersityGW ${VERSION}; this happens once, about two minutes on two cores`,
    build: (work) =>
      buildModules(work, [
        {
          name: "versitygw",
          programs,
          files: () => moduleRequiring("github.com/versity/versitygw", VERSION, Object.values(programs)),
        },
      ]),
  });
  return join(folder, "versitygw");
}

export async function startS3Server(): Promise<S3Server> {
  const program = await ensureServer();
  const folder = mkdtempSync(join(tmpdir(), "promptops-s3-"));
  const [data, sidecar] = [join(folder, "data"), join(folder, "sidecar")];
  for (const each of [data, sidecar]) mkdirSync(each);
  const port = await freePort();
  const [endpoint, bucket] = [`http://127.0.0.1:${port}`, "objects"];
  const [accessKey, secretKey] = ["test-access-key", randomBytes(24).toString("hex")];
  const server = spawn(
    program,
    ["--port", `127.0.0.1:${port}`, "--region", REGION, "--quiet", "posix", "--sidecar", sidecar, data],
    { stdio: "ignore", env: { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey } },
  );
  const client = new S3Client({
    ...{ endpoint, region: REGION, forcePathStyle: true, maxAttempts: 1 },
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  });
  await until("the S3 server to create a bucket", async () => {
    if (server.exitCode !== null) throw new Error(`VersityGW ended with ${server.exitCode}.`);
    return client.send(new CreateBucketCommand({ Bucket: bucket })).catch(() => undefined);
  });
  client.destroy();
  return {
    ...{ endpoint, region: REGION, bucket, accessKey, secretKey },
    freeze: () => server.kill("SIGSTOP"),
    thaw: () => server.kill("SIGCONT"),
    close: async () => {
      await end(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGKILL");
  await ended;
}

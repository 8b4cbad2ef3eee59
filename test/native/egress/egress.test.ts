import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { CERTIFICATE } from "../../services/egress/tls-origin.ts";

const PROGRAM = join(import.meta.dirname, "own-internet.ts");

test("a public host is reached by its name, through the proxy's own process and without it; a private one is not, also when it was public before", async () => {
  const folder = mkdtempSync(join(tmpdir(), "promptops-egress-"));
  const certificate = join(folder, "certificate.pem");
  writeFileSync(certificate, CERTIFICATE);
  const { stdout } = await promisify(execFile)(
    "unshare",
    ["--net", "--mount", "--fork", "--kill-child", process.execPath, "--import", import.meta.resolve("tsx"), PROGRAM],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate } },
  );
  rmSync(folder, { recursive: true });
  expect(JSON.parse(stdout)).toEqual({
    proxied: "hello",
    relative: "dns_error",
    rebinding: ["hello", "destination_ip_prohibited"],
    direct: "hello",
    directAfterRebinding: "destination_ip_prohibited",
    byAddress: "destination_ip_prohibited",
    requests: ["93.184.215.14 models.example", "93.184.215.14 other.example", "93.184.215.14 models.example"],
  });
});

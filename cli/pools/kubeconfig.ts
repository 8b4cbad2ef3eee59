import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { isRecord } from "../../platform/environment-source.ts";
import { UserError } from "../../platform/faults.ts";
import { kubeconfigPaths } from "../../platform/kubeconfig.ts";

/** How the API server of a kubeconfig context is reached. */
export interface Access {
  readonly server: string;
  readonly ca?: Buffer;
  readonly verified: boolean;
  readonly token?: string;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

type Entry = Readonly<Record<string, unknown>>;

/** Reads the context from kubectl's files. Runs the user's credential plug-in if it names one. */
export function accessTo(context: string, variables: NodeJS.ProcessEnv = process.env): Access {
  const paths = kubeconfigPaths(variables).filter((path) => existsSync(path));
  if (paths.length === 0) {
    throw new UserError(`There is no kubeconfig, and the context is '${context}'. Set KUBECONFIG to its file.`);
  }
  const files = paths.map((path) => ({
    path,
    content: parse(readFileSync(path, "utf8"), { logLevel: "silent" }) as unknown,
  }));
  const find = (list: string, name: unknown): { entry: Entry; folder: string } | undefined => {
    for (const { path, content } of files) {
      const entries = isRecord(content) && Array.isArray(content[list]) ? (content[list] as unknown[]) : [];
      const found = entries.find((each) => isRecord(each) && each["name"] === name);
      if (isRecord(found)) return { entry: found, folder: dirname(path) };
    }
    return undefined;
  };
  const part = (list: string, key: string, name: unknown): { values: Entry; folder: string } => {
    const found = find(list, name);
    const values = found?.entry[key];
    if (found && isRecord(values)) return { values, folder: found.folder };
    throw new UserError(
      `The kubeconfig ${paths.join(", ")} has no ${key} '${String(name)}'. Name a context that it has: --context.`,
    );
  };
  const { values: chosen } = part("contexts", "context", context);
  const { values: cluster, folder } = part("clusters", "cluster", chosen["cluster"]);
  const user = part("users", "user", chosen["user"]);
  const ca = contentOf(cluster, "certificate-authority", folder);
  return {
    server: String(cluster["server"]),
    verified: cluster["insecure-skip-tls-verify"] !== true,
    ...(ca && { ca }),
    ...credentialsOf(user.values, user.folder),
  };
}

/** A file's content, written beside its name or in place with the suffix `-data`. */
function contentOf(values: Entry, key: string, folder: string): Buffer | undefined {
  const [data, path] = [values[`${key}-data`], values[key]];
  if (typeof data === "string") return Buffer.from(data, "base64");
  return typeof path === "string" ? readFileSync(resolve(folder, path)) : undefined;
}

function credentialsOf(user: Entry, folder: string): Pick<Access, "token" | "cert" | "key"> {
  if (isRecord(user["exec"])) return credentialsFrom(user["exec"]);
  const [cert, key] = [contentOf(user, "client-certificate", folder), contentOf(user, "client-key", folder)];
  const token = typeof user["tokenFile"] === "string" ? readFileSync(user["tokenFile"], "utf8").trim() : user["token"];
  return { ...(typeof token === "string" && { token }), ...(cert && { cert }), ...(key && { key }) };
}

/** The protocol of client-go's credential plug-ins: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/. */
function credentialsFrom(exec: Entry): Pick<Access, "token" | "cert" | "key"> {
  const command = String(exec["command"]);
  const variables = (Array.isArray(exec["env"]) ? (exec["env"] as unknown[]) : []).filter(isRecord);
  const env = Object.fromEntries(variables.map(({ name, value }) => [String(name), String(value)]));
  try {
    const args = Array.isArray(exec["args"]) ? exec["args"].map(String) : [];
    const output = execFileSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
    const { status } = JSON.parse(output) as { status: Readonly<Record<string, string | undefined>> };
    const { token, clientCertificateData: cert, clientKeyData: key } = status;
    return { ...(token && { token }), ...(cert && { cert: Buffer.from(cert) }), ...(key && { key: Buffer.from(key) }) };
  } catch (error) {
    throw new UserError(
      `'${command}', which the kubeconfig runs for credentials, failed: ${(error as Error).message}. Run it yourself.`,
    );
  }
}

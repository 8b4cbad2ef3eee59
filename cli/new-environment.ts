import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "../platform/clouds.ts";
import { UserError } from "../platform/faults.ts";
import { MAX_NAME } from "../platform/names.ts";
import { environmentFile, isEnvironmentName, listEnvironments } from "../platform/read-environment.ts";
import { writeNewFiles } from "./new-files.ts";

/** `promptops new environment NAME [--cloud CLOUD]`: writes a file that plans at once. Returns what to print. */
export function newEnvironment(folder: string, name: string, cloud: Cloud = "local"): string {
  if (!isEnvironmentName(name)) {
    throw new UserError(
      `'${name}' is not a valid environment name: lower-case letters, digits and '-', at most ${MAX_NAME}. Choose another.`,
    );
  }
  const file = environmentFile(name);
  if (existsSync(join(folder, file))) throw new UserError(`${file} already exists. Choose another name.`);
  writeNewFiles(folder, environmentFiles(name, cloud, freeNetwork(folder)));
  return [
    `created ${file}`,
    "",
    `  npx promptops plan ${name}    plans and proves it`,
    "",
    "Replace the placeholders that the file marks. docs/environments.md describes every key.",
    "",
  ].join("\n");
}

/** The file of a new environment, by path. Its placeholders are valid, so that it plans as it is. */
export function environmentFiles(
  name: string,
  cloud: Cloud,
  network: string = networks[0] ?? "",
): Record<string, string> {
  return { [environmentFile(name)]: sections(name, network)[cloud].join("\n") };
}

const networks = Array.from({ length: 200 }, (_, index) => `10.${index + 50}.0.0/16`);

/** A network that no environment of the folder names. */
function freeNetwork(folder: string): string | undefined {
  const texts = listEnvironments(folder).map((other) => readFileSync(join(folder, environmentFile(other)), "utf8"));
  return networks.find((network) => !texts.some((text) => text.includes(network)));
}

const sections = (name: string, network: string): Record<Cloud, string[]> => ({
  aws: [
    "config:",
    "  promptops:cloud: aws",
    "  # Placeholder: the account that the environment is created in.",
    '  promptops:account: "111122223333"',
    "  promptops:region: eu-central-1",
    "  promptops:zones: [eu-central-1a, eu-central-1b, eu-central-1c]",
    ...shared(name),
    "    # Placeholders: who may reach the control plane's public endpoint, and the role that runs 'pulumi up'.",
    "    access: [203.0.113.0/24]",
    "    deployer: arn:aws:iam::111122223333:role/platform-deployer",
    "  promptops:network:",
    `    cidr: ${network}`,
    ...pools("{ vcpu: 2, memory: 8Gi }", "{ min: 3, max: 9 }"),
    ...database("20Gi"),
    ...rest,
  ],
  linode: [
    "config:",
    "  promptops:cloud: linode",
    "  promptops:region: fr-par",
    ...shared(name),
    "    # Placeholder: who may reach the control plane.",
    "    access: [203.0.113.0/24]",
    ...pools("{ vcpu: 4, memory: 8Gi }", "{ min: 3, max: 9 }"),
    ...database("50Gi"),
    "    # Placeholder: Linode assigns the port when the server is created; docs/environments.md says how to read it.",
    "    port: 24567",
    ...rest,
  ],
  local: [
    "config:",
    "  promptops:cloud: local",
    "  promptops:zones: [zone-a, zone-b, zone-c]",
    ...shared(name),
    "    # Placeholder: the kubeconfig context of the cluster; kind calls its own so.",
    `    context: kind-promptops-${name}`,
    ...pools("{ vcpu: 4, memory: 8Gi }", "{ min: 3, max: 3 }"),
    ...database("10Gi"),
    ...rest,
  ],
});

const shared = (name: string): string[] => [
  "  # Placeholders: services are reached at <host>.<domain>; the contact is told of certificates that expire.",
  `  promptops:domain: ${name}.example.org`,
  "  promptops:contact: platform@example.org",
  "  promptops:kubernetes:",
  '    version: "1.35"',
];

const pools = (needs: string, nodes: string): string[] => [
  "  promptops:pools:",
  "    application:",
  `      needs: ${needs}`,
  `      nodes: ${nodes}`,
];

const database = (storage: string): string[] => [
  "  promptops:database:",
  '    version: "17"',
  "    needs: { vcpu: 1, memory: 2Gi }",
  `    storage: ${storage}`,
];

const rest = [
  "  # Placeholders: where images come from, and the repository that Argo CD follows.",
  "  promptops:release:",
  "    registry: ghcr.io/promptops",
  "    version: v0.1.0",
  "  promptops:gitops:",
  "    repository: https://github.com/promptops/platform",
  "    automaticSync: true",
  "  promptops:protect: false",
  "  promptops:services:",
  "    api: { replicas: { min: 2, max: 3 } }",
  "    worker: { replicas: { min: 2, max: 3 } }",
  "",
];

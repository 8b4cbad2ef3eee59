import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { readFolder, sourceOf, type TarEntry } from "../../images/tar.ts";
import type { Image } from "../../images/oci-layout.ts";
import { namespaces } from "../../platform/names.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { LASTING_NODE } from "./nodes.ts";
import { packPrograms } from "./images.ts";

const BIN = "/usr/lib/postgresql/15/bin";
const LIB = "/usr/lib/postgresql/15/lib";
const SHARE = "/usr/share/postgresql/15";
/** As CloudNativePG's pods and the official image run. */
const USERS = { operated: 26, official: 999 };

/** The Secret of the server's certificate, and the ConfigMap of its script. */
const OWN = "postgres-stand-in";
const namespace = namespaces.data;

/** Packs Debian's PostgreSQL 15 with bash and psql under the names of the images that a plan's database and jobs run. */
export async function packPostgres(folder: string, plan: Plan): Promise<string> {
  if (!existsSync(join(BIN, "postgres"))) {
    throw new Error(
      "Postgres for pods is packed from Debian's package postgresql-15, which is not installed. Run 'apt-get install postgresql-15'.",
    );
  }
  const archive = join(folder, "postgres.tar");
  const accounts = Object.entries(USERS).map(([name, id]) => `${name}:x:${id}:${id}::/:/bin/sh\n`);
  await packPrograms(archive, {
    names: imagesOf(plan),
    programs: ["/bin/bash", "/bin/sh", "/bin/cat", ...["postgres", "initdb", "psql"].map((name) => join(BIN, name))],
    more: [
      ...readFolder(SHARE).map((entry) => below(SHARE, entry)),
      // Compiling queries needs LLVM, which is larger than all the rest.
      ...readdirSync(LIB)
        .filter((name) => name.endsWith(".so") && !name.startsWith("llvmjit"))
        .map((name): TarEntry => ({
          kind: "file",
          path: join(LIB, name).slice(1),
          mode: 0o755,
          content: sourceOf(realpathSync(join(LIB, name))),
        })),
      ...readFolder("/usr/share/zoneinfo")
        .filter(({ path }) => path.startsWith("Etc"))
        .map((entry) => below("/usr/share/zoneinfo", entry)),
      { kind: "file", path: "etc/passwd", content: Buffer.from(["root:x:0:0::/:/bin/sh\n", ...accounts].join("")) },
      { kind: "folder", path: "tmp", mode: 0o1777 },
    ],
    config: { entrypoint: [], env: { PATH: `${BIN}:/usr/bin:/bin` }, user: String(USERS.official) },
  });
  return archive;
}

const below = (folder: string, entry: TarEntry): TarEntry => ({ ...entry, path: join(folder, entry.path).slice(1) });

function imagesOf({ objects }: Plan): Image["names"] {
  const text = JSON.stringify(objects.map(({ manifest }) => manifest));
  const [first, ...others] = new Set(text.match(/[\w.-]+(\/[\w.-]+)*\/postgres(ql)?:[\w.-]+/g));
  if (first === undefined) throw new Error("No object of the plan runs Postgres.");
  return [first, ...others];
}

const script = `set -eu
data=/var/lib/postgresql/data/cluster
if [ ! -e $data/PG_VERSION ]; then
  initdb --pgdata=$data --username=postgres --auth-local=trust --encoding=UTF8 --locale=C >/dev/null
  read -r user </etc/administrator/username || true
  read -r password </etc/administrator/password || true
  echo "CREATE ROLE \\"$user\\" LOGIN CREATEDB CREATEROLE PASSWORD '$password'" | postgres --single -D $data postgres >/dev/null
  echo "hostssl all all all scram-sha-256" >>$data/pg_hba.conf
fi
exec postgres -D $data -c listen_addresses='*' -c unix_socket_directories=/tmp -c max_connections=100 -c fsync=off \\
  -c ssl=on -c ssl_cert_file=/etc/tls/tls.crt -c ssl_key_file=/etc/tls/tls.key
`;

/** What CloudNativePG makes of the plan's Cluster: a pod with its labels, and the Service of the primary. */
export function postgresObjects(folder: string, plan: Plan): object[] {
  const operated = plan.operatedPods.find((each) => each.namespace === namespace && "cnpg.io/cluster" in each.labels);
  if (!operated) throw new Error("The plan has no Postgres that CloudNativePG operates.");
  const { labels } = operated;
  const cluster = labels["cnpg.io/cluster"] ?? "";
  const metadata = { name: OWN, namespace };
  const [cert, key] = certificate(folder, `${cluster}-rw.${namespace}.svc.cluster.local`);
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "start.sh": script } },
    { apiVersion: "v1", kind: "Secret", metadata, stringData: { "tls.crt": cert, "tls.key": key } },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: cluster, namespace },
      spec: {
        serviceName: cluster,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(imageOf(plan)) },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: `${cluster}-rw`, namespace },
      spec: { selector: labels, ports: [{ name: "postgres", port: 5432 }] },
    },
  ];
}

const imageOf = ({ objects }: Plan): string =>
  (objects.find(({ manifest }) => manifest.kind === "Cluster")?.manifest.spec as { imageName: string }).imageName;

const podSpec = (image: string): object => ({
  automountServiceAccountToken: false,
  // Its data is in a folder of the node, which no test takes away.
  nodeSelector: { "kubernetes.io/hostname": LASTING_NODE },
  securityContext: {
    runAsNonRoot: true,
    runAsUser: USERS.operated,
    runAsGroup: USERS.operated,
    fsGroup: USERS.operated,
    seccompProfile: { type: "RuntimeDefault" },
  },
  containers: [
    {
      name: "postgres",
      image,
      command: ["bash", "/etc/start/start.sh"],
      ports: [{ name: "postgres", containerPort: 5432 }],
      readinessProbe: { tcpSocket: { port: "postgres" }, periodSeconds: 1 },
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "1Gi" } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      volumeMounts: Object.entries({
        data: "/var/lib/postgresql/data",
        tmp: "/tmp",
        start: "/etc/start",
        administrator: "/etc/administrator",
        tls: "/etc/tls",
      }).map(([name, mountPath]) => ({ name, mountPath })),
    },
  ],
  volumes: [
    { name: "data", emptyDir: {} },
    { name: "tmp", emptyDir: {} },
    { name: "start", configMap: { name: OWN } },
    { name: "administrator", secret: { secretName: "postgres-administrator", defaultMode: 0o440 } },
    { name: "tls", secret: { secretName: OWN, defaultMode: 0o440 } },
  ],
});

function certificate(folder: string, host: string): [cert: string, key: string] {
  const [cert, key] = [join(folder, "postgres.crt"), join(folder, "postgres.key")];
  const flags = "req -x509 -newkey rsa:2048 -nodes -days 7".split(" ");
  execFileSync("openssl", [...flags, "-subj", `/CN=${host}`, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return [readFileSync(cert, "utf8"), readFileSync(key, "utf8")];
}

import { randomInt } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { provider } from "@pulumi/pulumi";
import { difference, typeOf } from "./changes.ts";
import { Cloud, type Inputs } from "./cloud.ts";

/**
 * A stand-in for a cloud's Pulumi provider, which the engine starts as a plug-in. It answers Check and Diff from the table of
 * what each input does on change, keeps what stands in a file, and refuses what the real cloud refuses (cloud.ts). Outputs are
 * invented: only what the engine decides is evidence.
 */
const { STAND_IN_NAME: name = "", STAND_IN_VERSION: version = "", STAND_IN_CLOUDS: clouds = "" } = process.env;
const cloud = new Cloud(clouds, name);

/** The outputs of a resource hold its inputs as they were given, so that a removed input is seen. */
const GIVEN = "__inputs";

function outputsOf(type: string, id: string, inputs: Inputs, before?: Inputs): Inputs {
  return { ...invented(type, id), ...inputs, ...versionOf(type, before), id, [GIVEN]: inputs };
}

/** Outputs that the program or its manifests read. */
function invented(type: string, id: string): Inputs {
  return {
    arn: `arn:aws:${type.split(/[:/]/)[1] ?? ""}:eu-central-1:111122223333:${id}`,
    name: id,
    label: id,
    resources: [{ autoscalingGroups: [{ name: `eks-${id}` }] }],
    address: `${id}.example`,
    endpoint: `https://${id}.example`,
    hostPrimary: `${id}.example`,
    port: Number(process.env["STAND_IN_DATABASE_PORT"] ?? 5432),
    dnsName: `${id}.example`,
    domainName: `${id}.example`,
    fqdn: `${id}.example`,
    zoneId: id,
    hostedZoneId: "Z0",
    domainValidationOptions: [
      { resourceRecordName: `_${id}.example`, resourceRecordType: "CNAME", resourceRecordValue: "_answer.example" },
    ],
    nameServers: ["ns1.example", "ns2.example"],
    certificateAuthority: { data: "Y2E=" },
    kubeconfig: Buffer.from(`apiVersion: v1\nkind: Config\nclusters: [{ name: ${id} }]\n`).toString("base64"),
    rootUsername: "root",
    rootPassword: "invented",
    accessKey: "invented",
    secretKey: "invented",
    token: "invented",
  };
}

/** A launch template has a new version after each change. */
function versionOf(type: string, before?: Inputs): Inputs {
  if (type !== "aws:ec2/launchTemplate:LaunchTemplate") return {};
  const latestVersion = Number(before?.["latestVersion"] ?? 0) + 1;
  return { latestVersion };
}

/** Linode counts; AWS and Kubernetes have words. */
const newId = (urn: string): string => {
  const number = randomInt(2 ** 40);
  return typeOf(urn).startsWith("linode:") ? String(number) : `${urn.split("::").at(-1) ?? ""}-${number.toString(36)}`;
};

const standIn: provider.Provider = {
  version,
  schema: JSON.stringify({ name, version, resources: {}, functions: {} }),
  check: (_urn, _olds, news: Inputs) => Promise.resolve({ inputs: news, failures: [] }),
  diff: (_id, urn, olds: Inputs, news: Inputs) => Promise.resolve(difference(typeOf(urn), olds[GIVEN] as Inputs, news)),
  create(urn, inputs: Inputs) {
    const type = typeOf(urn);
    const id = cloud.idOf(type, inputs) ?? newId(urn);
    cloud.create({ id, type, inputs });
    return Promise.resolve({ id, outs: outputsOf(type, id, inputs) });
  },
  read(id, urn, props: Inputs) {
    const found = cloud.find(typeOf(urn), id);
    if (!found) return Promise.resolve({});
    const { inputs } = found;
    // What nobody else changed stays as the state has it.
    if (isDeepStrictEqual(inputs, props[GIVEN])) return Promise.resolve({ id, props });
    return Promise.resolve({ id, props: { ...props, ...inputs, [GIVEN]: inputs }, inputs });
  },
  update(id, urn, olds: Inputs, news: Inputs) {
    const type = typeOf(urn);
    const { refuses } = difference(type, olds[GIVEN] as Inputs, news);
    if (refuses.length > 0) return Promise.reject(new Error(`Refused: a change of ${refuses.join(", ")}`));
    cloud.update({ id, type, inputs: news });
    return Promise.resolve({ outs: outputsOf(type, id, news, olds) });
  },
  delete(id, urn) {
    cloud.delete(typeOf(urn), id);
    return Promise.resolve();
  },
};

void provider.main(standIn, process.argv.slice(2));

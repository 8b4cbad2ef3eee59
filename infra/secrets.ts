import { all, type Input, output, type Output } from "@pulumi/pulumi";
import { type BucketPurpose, SECRET_PROPERTY } from "../platform/names.ts";
import type { SecretOrigin, StoredSecret } from "../platform/secrets.ts";
import { PASSWORD_BYTES } from "./generated.ts";

/** Every secret in a store is a map of properties, on every cloud. */
export type SecretDocument = Readonly<Record<string, Input<string>>>;

/** Where a Postgres server answers. */
export interface DatabaseServer {
  readonly endpoint: Input<string>;
  readonly port: Input<number>;
  /** Hosts of servers that hold a copy, and answer reads. @default - there are none */
  readonly replicas?: readonly Input<string>[];
}

/** The administrator of every database. Without a password, the store makes one. */
export interface Administrator {
  readonly username: Input<string>;
  readonly database: string;
  readonly password?: Input<string>;
}

/** What a cloud's secret store can do. */
export interface SecretStoreAdapter {
  /** Keeps random bytes as property `value`, made once; returns them as text. */
  readonly random: (resource: string, path: string, bytes: number) => Output<string>;
  /** Keeps a document that follows from other resources. */
  readonly derived: (resource: string, path: string, document: SecretDocument) => void;
  /** Keeps whatever somebody puts there, beginning with this. */
  readonly supplied: (resource: string, path: string, document: SecretDocument) => void;
}

/** What the values of some secrets are made of. */
export interface SecretSources {
  readonly server: DatabaseServer;
  readonly administrator: Administrator;
  /** The keys of the environment's buckets, where the cloud has no identities for pods. */
  readonly bucketKeys?: Readonly<Partial<Record<BucketPurpose, SecretDocument>>>;
  /** The token that writes the environment's DNS records, likewise. */
  readonly dnsToken?: Input<string>;
}

/** Puts every secret of the ledger into a store. */
export function fillStore(ledger: readonly StoredSecret[], store: SecretStoreAdapter, sources: SecretSources): void {
  const randoms = new Map<string, Output<string>>();
  // Others are made of these.
  for (const { path, resource, made } of ledger) {
    if (made.kind === "random") randoms.set(path, store.random(resource, path, made.bytes));
  }
  for (const { path, resource, made } of ledger) {
    if (made.kind === "random") continue;
    if (made.kind === "supplied") store.supplied(resource, path, { [SECRET_PROPERTY]: "" });
    else {
      const newPassword = (): Output<string> =>
        store.random(`${resource}-password`, `${path}-password`, PASSWORD_BYTES);
      store.derived(resource, path, documentOf(made, path, { ...sources, randoms, newPassword }));
    }
  }
}

type DerivedOrigin = Exclude<SecretOrigin, { readonly kind: "random" | "supplied" }>;

/** The value of a secret that is made of others. */
function documentOf(
  made: DerivedOrigin,
  path: string,
  {
    server,
    administrator,
    bucketKeys,
    dnsToken,
    randoms,
    newPassword,
  }: SecretSources & {
    readonly randoms: ReadonlyMap<string, Output<string>>;
    readonly newPassword: () => Output<string>;
  },
): SecretDocument {
  switch (made.kind) {
    case "database-administrator":
      return credentials(server, { ...administrator, password: administrator.password ?? newPassword() });
    case "database-role":
      return credentials(server, { ...made, password: newPassword() });
    case "database-replicas":
      return { [SECRET_PROPERTY]: addressesOf(server) };
    case "url":
      return { url: filled(made.url, { password: made.password }, randoms) };
    case "text":
      return { [SECRET_PROPERTY]: filled(made.text, made.passwords, randoms) };
    case "bucket-key":
      return given(bucketKeys?.[made.bucket], path);
    case "dns-token":
      return { [SECRET_PROPERTY]: given(dnsToken, path) };
  }
}

/** What the cloud made for a secret. */
function given<Value>(value: Value | undefined, path: string): Value {
  if (value === undefined) throw new Error(`The cloud made nothing for '${path}'.`);
  return value;
}

const addressesOf = ({ replicas = [], port }: DatabaseServer): Output<string> =>
  all([all([...replicas]), port]).apply(([hosts, at]) => hosts.map((host) => `${host}:${at}`).join(","));

/** Puts random secrets in the places of their names. */
function filled(
  text: string,
  paths: Readonly<Record<string, string>>,
  randoms: ReadonlyMap<string, Output<string>>,
): Output<string> {
  const values = Object.entries(paths).map(([name, path]) => {
    const value = randoms.get(path);
    if (!value) throw new Error(`No secret of the ledger is random and called '${path}'.`);
    return output(value).apply((secret) => [name, secret] as const);
  });
  return all(values).apply((secrets) =>
    secrets.reduce((rest, [name, secret]) => rest.replace(`{${name}}`, secret), text),
  );
}

/** Always over TLS: every server has a certificate. */
function credentials(
  { endpoint, port }: DatabaseServer,
  { username, password, database }: Required<Administrator>,
): SecretDocument {
  const url = all([endpoint, port, username, password]).apply(
    ([host, at, user, secret]) => `postgres://${user}:${secret}@${host}:${at}/${database}?sslmode=require`,
  );
  return { url, username, password, database };
}

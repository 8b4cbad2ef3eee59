import { secretsmanager } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, jsonStringify, type Output } from "@pulumi/pulumi";
import { SECRET_PROPERTY } from "../../platform/names.ts";
import type { SecretDocument } from "../secrets.ts";
import { generated, PASSWORD_BYTES } from "../generated.ts";
import type { Keys } from "./keys.ts";

/** A guarded secret can be had back for so long after its deletion. Its name is taken until then. */
const RECOVERY_DAYS = 30;

interface StoredArgs {
  /** Its name in Secrets Manager. */
  readonly path: string;
  readonly keys: Keys;
  readonly guarded: boolean;
}

/** A random secret, made once. */
export class GeneratedSecret extends ComponentResource {
  /** The stored value, not this run's random one. */
  readonly value: Output<string>;

  constructor(name: string, args: StoredArgs & { readonly bytes?: number }, options: ComponentResourceOptions) {
    super("promptops:aws:GeneratedSecret", name, {}, options);
    const document = { [SECRET_PROPERTY]: generated(args.bytes ?? PASSWORD_BYTES) };
    const { secretString } = store(this, name, { ...args, document, ignoreChanges: ["secretString"] });
    this.value = secretString.apply(
      (text) => (JSON.parse(text ?? "{}") as Record<string, string>)[SECRET_PROPERTY] ?? "",
    );
    this.registerOutputs();
  }
}

/** A secret whose value follows from other resources. */
export class DerivedSecret extends ComponentResource {
  constructor(
    name: string,
    args: StoredArgs & { readonly document: SecretDocument },
    options: ComponentResourceOptions,
  ) {
    super("promptops:aws:DerivedSecret", name, {}, options);
    store(this, name, { ...args, ignoreChanges: [] });
    this.registerOutputs();
  }
}

/** A secret whose value somebody puts there by hand. */
export class SuppliedSecret extends ComponentResource {
  constructor(
    name: string,
    args: StoredArgs & { readonly document: SecretDocument },
    options: ComponentResourceOptions,
  ) {
    super("promptops:aws:SuppliedSecret", name, {}, options);
    store(this, name, { ...args, ignoreChanges: ["secretString"] });
    this.registerOutputs();
  }
}

interface Stored extends StoredArgs {
  readonly document: SecretDocument;
  readonly ignoreChanges: string[];
}

function store(parent: ComponentResource, name: string, stored: Stored): secretsmanager.SecretVersion {
  const { path, keys, guarded, document, ignoreChanges } = stored;
  const secret = new secretsmanager.Secret(
    name,
    { name: path, kmsKeyId: keys.data.arn, recoveryWindowInDays: guarded ? RECOVERY_DAYS : 0 },
    { parent, protect: guarded },
  );
  const version = { secretId: secret.id, secretString: jsonStringify(document) };
  return new secretsmanager.SecretVersion(name, version, { parent, ignoreChanges });
}

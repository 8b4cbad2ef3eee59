import { core, rbac } from "@pulumi/kubernetes";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Input,
  output,
  type Output,
} from "@pulumi/pulumi";
import { namespaces, secretObjectName, SECRET_PROPERTY, secretReader } from "../platform/names.ts";
import type { StoredSecret } from "../platform/secrets.ts";
import { generated } from "./generated.ts";
import { fillStore, type SecretDocument, type SecretSources } from "./secrets.ts";

export interface KubernetesSecretStoreArgs {
  readonly ledger: readonly StoredSecret[];
  readonly sources: SecretSources;
}

/**
 * Where a cloud has no secret manager: a namespace of Secrets that External Secrets alone reads, with a ServiceAccount of
 * its own.
 */
export class KubernetesSecretStore extends ComponentResource {
  constructor(name: string, { ledger, sources }: KubernetesSecretStoreArgs, options: ComponentResourceOptions) {
    super("promptops:KubernetesSecretStore", name, {}, options);
    const { namespace } = secretReader;
    const home = new core.v1.Namespace(
      namespaces.secretStore,
      { metadata: { name: namespaces.secretStore, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
      { parent: this },
    );
    const inside = { parent: this, dependsOn: [home] };
    grantReader(inside);
    fillStore(
      ledger,
      {
        random: (resource, path, bytes) => {
          const secret = keep(resource, path, { [SECRET_PROPERTY]: generated(bytes) }, ["data"]);
          return secret.data.apply((data) => Buffer.from(data[SECRET_PROPERTY] ?? "", "base64").toString("utf8"));
        },
        derived: (resource, path, document) => void keep(resource, path, document, []),
        supplied: (resource, path, document) => void keep(resource, path, document, ["data"]),
      },
      sources,
    );
    this.registerOutputs();

    function keep(resource: string, path: string, document: SecretDocument, ignoreChanges: string[]): core.v1.Secret {
      return new core.v1.Secret(
        resource,
        {
          metadata: { name: secretObjectName(path), namespace },
          // Base64 here, since the API hands `data` back and never `stringData`.
          data: Object.fromEntries(Object.entries(document).map(([property, value]) => [property, encode(value)])),
        },
        { ...inside, ignoreChanges },
      );
    }
  }
}

/** The one account that reads them, and may do nothing else. */
function grantReader(inside: CustomResourceOptions): void {
  const { namespace, name: reader } = secretReader;
  const metadata = { name: reader, namespace };
  new core.v1.ServiceAccount(reader, { metadata, automountServiceAccountToken: false }, inside);
  new rbac.v1.Role(
    reader,
    {
      metadata,
      rules: [
        { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] },
        { apiGroups: ["authorization.k8s.io"], resources: ["selfsubjectrulesreviews"], verbs: ["create"] },
      ],
    },
    inside,
  );
  new rbac.v1.RoleBinding(
    reader,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: reader },
      subjects: [{ kind: "ServiceAccount", name: reader, namespace }],
    },
    inside,
  );
}

function encode(value: Input<string>): Output<string> {
  return output(value).apply((text) => Buffer.from(text, "utf8").toString("base64"));
}

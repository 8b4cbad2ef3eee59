import { core, rbac } from "@pulumi/kubernetes";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Input,
  output,
  type Output,
} from "@pulumi/pulumi";
import type { Environment } from "../platform/environment.ts";
import {
  databaseAdminPath,
  databaseSecretPath,
  namespaces,
  secretObjectName,
  SECRET_PROPERTY,
  redisSecretPath,
  secretPath,
  serviceAccounts,
  valkeyPath,
} from "../platform/names.ts";
import { databaseOf, type Service, usesQueue } from "../platform/service.ts";
import {
  type Administrator,
  credentialsDocument,
  type DatabaseServer,
  redisDocument,
  type SecretDocument,
  serviceCredentials,
} from "./database-credentials.ts";
import { generated, PASSWORD_BYTES } from "./generated.ts";

export interface KubernetesSecretStoreArgs {
  readonly environment: Environment;
  readonly services: readonly Service[];
  readonly server: DatabaseServer;
  readonly administrator: Administrator;
}

/**
 * Where a cloud has no secret manager: a namespace of Secrets that External Secrets alone reads, with a ServiceAccount of
 * its own.
 */
export class KubernetesSecretStore extends ComponentResource {
  /** Puts a document of somebody else's into the store. */
  readonly put: (called: string, path: string, document: SecretDocument) => void;

  constructor(
    name: string,
    { environment, services, server, administrator }: KubernetesSecretStoreArgs,
    options: ComponentResourceOptions,
  ) {
    super("promptops:KubernetesSecretStore", name, {}, options);
    const { namespace } = serviceAccounts.secretReader;
    const home = new core.v1.Namespace(
      namespaces.secretStore,
      { metadata: { name: namespaces.secretStore, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
      { parent: this },
    );
    const inside = { parent: this, dependsOn: [home] };
    grantReader(inside);

    storeCredentials("database-admin", databaseAdminPath(environment), administrator);
    for (const service of services) {
      for (const { name: secret, bytes } of service.secrets) {
        storeGenerated(secret, secretPath(environment, service.name, secret), bytes);
      }
      if (databaseOf(service)) {
        storeCredentials(
          `${service.name}-database`,
          databaseSecretPath(environment, service),
          serviceCredentials(service),
        );
      }
    }
    if (environment.valkey) storeValkey();
    this.put = (called, path, document) => {
      store(called, path, document, []);
    };
    this.registerOutputs();

    function store(called: string, path: string, document: SecretDocument, ignoreChanges: string[]): core.v1.Secret {
      return new core.v1.Secret(
        called,
        {
          metadata: { name: secretObjectName(path), namespace },
          // Base64 here, since the API hands `data` back and never `stringData`.
          data: Object.fromEntries(Object.entries(document).map(([property, value]) => [property, encode(value)])),
        },
        { ...inside, ignoreChanges },
      );
    }

    function storeGenerated(called: string, path: string, bytes: number): Output<string> {
      const secret = store(called, path, { [SECRET_PROPERTY]: generated(bytes) }, ["data"]);
      return secret.data.apply((data) => Buffer.from(data[SECRET_PROPERTY] ?? "", "base64").toString("utf8"));
    }

    function storeCredentials(called: string, path: string, role: Administrator): void {
      const password = role.password ?? storeGenerated(`${called}-password`, `${path}-password`, PASSWORD_BYTES);
      store(called, path, credentialsDocument({ ...server, ...role, password }), []);
    }

    function storeValkey(): void {
      const password = storeGenerated("valkey", valkeyPath(environment), PASSWORD_BYTES);
      for (const service of services.filter(usesQueue)) {
        store(`${service.name}-redis`, redisSecretPath(environment, service), redisDocument(password), []);
      }
    }
  }
}

/** The one account that reads them, and may do nothing else. */
function grantReader(inside: CustomResourceOptions): void {
  const { namespace } = serviceAccounts.secretReader;
  const { name: reader } = serviceAccounts.secretReader;
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

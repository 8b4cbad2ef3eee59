/** What the Kubernetes API tells objects apart by: group, kind, namespace and name. The version is no part of it. */
export function objectIdentity({ apiVersion, kind, metadata }: Identified): string {
  const qualified = [kind, apiGroup(apiVersion)].filter(Boolean).join(".");
  return `${qualified} ${[metadata.namespace, metadata.name].filter((part) => part !== undefined).join("/")}`;
}

/** The group of an `apiVersion`; empty for the core group. */
export const apiGroup = (apiVersion: string): string =>
  apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";

interface Identified {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string };
}

/** Names each thing that is declared more than once with two of its declarations. */
export function declaredTwice(declared: readonly { readonly identity: string; readonly where: string }[]): string[] {
  const first = new Map<string, string>();
  return declared.flatMap(({ identity, where }) => {
    const earlier = first.get(identity);
    first.set(identity, earlier ?? where);
    return earlier === undefined ? [] : [`${identity}: ${earlier} and ${where}`];
  });
}

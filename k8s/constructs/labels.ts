/** What a Service, a budget or a policy selects pods by. A selector survives an upgrade, so no version is in it. */
export function selectorLabels(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name };
}

export function commonLabels(name: string, version: string): Record<string, string> {
  return { ...selectorLabels(name), "app.kubernetes.io/version": version };
}

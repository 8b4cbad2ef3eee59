/** Every action that is recorded, as `<kind of its object>.<verb>`. One that was given out keeps its meaning. */
export const actions = [
  "api_key.create",
  "api_key.revoke",
  "audit.export",
  "audit.read",
  "custom_model.create",
  "custom_model.delete",
  "custom_model.replace",
  "dataset.add_items",
  "dataset.create",
  "dataset.remove_item",
  "evaluator.create",
  "execution.abort_node",
  "execution.approve_node",
  "execution.cancel",
  "execution.create",
  "execution.reject_node",
  "execution.rerun",
  "execution.retry_node",
  "experiment.cancel",
  "experiment.create",
  "file.create",
  "file.delete",
  "operator.create",
  "operator.revoke",
  "organization.export",
  "prompt.add_version",
  "prompt.create",
  "prompt.override_gate",
  "prompt.remove_gate",
  "prompt.remove_label",
  "prompt.set_gate",
  "prompt.set_label",
  "request.refuse",
  "session.create",
  "session.end",
  "session.refresh",
  "tenant.create",
  "tenant.erase",
  "tenant.erased",
  "tenant.limit",
  "tenant.resume",
  "tenant.suspend",
  "usage.export",
  "user.accept",
  "user.change_password",
  "user.erase",
  "user.export",
  "user.invite",
  "user.provision",
  "user.reset_password",
  "user.update",
  "webhook.create",
  "webhook.delete",
  "webhook.disable",
  "webhook.resend",
  "webhook.rotate_secret",
  "webhook.test",
  "webhook.update",
  "workflow.add_version",
  "workflow.create",
] as const;
export type Action = (typeof actions)[number];

export const actorKinds = ["user", "key", "operator", "system", "anonymous"] as const;
export type ActorKind = (typeof actorKinds)[number];

export interface Actor {
  readonly kind: ActorKind;
  /** Of a user, an API key or an operator's key. */
  readonly id?: string;
}

/** What else is recorded. The type is closed, so that no text of a user can be: ids, numbers, and words that the API defines. */
export interface Details {
  /** The fields that the request set. */
  readonly fields?: readonly string[];
  readonly version?: number;
  /** The override that says why a gate did not refuse a version. */
  readonly override?: string;
  /** Items that were added to a dataset. */
  readonly items?: number;
  /** The number of an item in its dataset. */
  readonly item?: number;
  readonly role?: string;
  readonly suspended?: boolean;
  readonly scopes?: readonly string[];
  /** The place of a node in its workflow's graph, from 1. */
  readonly place?: number;
  /** API keys that were revoked along. */
  readonly revokedKeys?: number;
  /** Sessions that ended along. */
  readonly endedSessions?: number;
  /** The dead letter that was executed again. */
  readonly deadLetter?: string;
  /** The operation that was refused, as the OpenAPI document names it. */
  readonly operation?: string;
  /** How often it was refused beyond the first time, within a minute. */
  readonly repeated?: number;
}

import type { LinodeEnvironment } from "../../platform/environment.ts";
import { bucketName, objectStorageHost } from "../../platform/names.ts";
import type { QuotaNeed } from "../../platform/quotas.ts";
import type { Check, Variables } from "../doctor.ts";
import { compare, notChecked, subjectOf } from "./compare.ts";

/** As the provider's: https://registry.terraform.io/providers/linode/linode/latest/docs. */
const API = "https://api.linode.com";
/** Milliseconds that one call may take. */
const TIMEOUT = 30_000;
/** The most that a page may have. */
const PAGE = 500;

const TICKET = "Open a ticket: https://cloud.linode.com/support/tickets";

/** Services that an account must be allowed to use in the region, by their names in the API. */
const SERVICES = ["Block Storage", "Kubernetes", "Linodes", "NodeBalancers"];

/** Reads `path` below /v4; undefined if it does not exist. */
type LinodeApi = <Answer>(path: string) => Promise<Answer | undefined>;

/** Checks what Linode's API says of limits: services and plans of a region, and buckets. It does not say how many Linodes one may have. */
export async function checkLinodeLimits(
  environment: LinodeEnvironment,
  needs: readonly QuotaNeed[],
  variables: Variables,
): Promise<Check[]> {
  const api = linodeApi(variables);
  return Promise.all([checkServices(api, environment), ...needs.map((need) => checkNeed(api, environment, need))]);
}

function checkNeed(api: LinodeApi, environment: LinodeEnvironment, need: QuotaNeed): Promise<Check> {
  if (need.of === "Linodes")
    return Promise.resolve(notChecked(need, `Linode's API does not say how many an account may have. ${TICKET}`));
  const check = need.of === "buckets" ? checkBuckets : checkPlan;
  return check(api, environment, need).catch((error: unknown) => notChecked(need, (error as Error).message));
}

async function checkServices(api: LinodeApi, { region }: LinodeEnvironment): Promise<Check> {
  const subject = `services in ${region}`;
  try {
    const { unavailable } = expected(
      await api<{ readonly unavailable: readonly string[] }>(`account/availability/${region}`),
    );
    const missing = SERVICES.filter((service) => unavailable.includes(service));
    return missing.length === 0
      ? { subject, verdict: "ok", detail: SERVICES.join(", ") }
      : {
          subject,
          verdict: "missing",
          detail: `${missing.join(", ")}: not available to this account. Take another region. ${TICKET}`,
        };
  } catch (error) {
    return { subject, verdict: "not checked", detail: (error as Error).message };
  }
}

async function checkPlan(api: LinodeApi, { region }: LinodeEnvironment, need: QuotaNeed): Promise<Check> {
  const plan = need.of.replace(/^plan /, "");
  const plans = expected(
    await api<readonly { readonly plan: string; readonly available: boolean }[]>(`regions/${region}/availability`),
  );
  const row = plans.find((each) => each.plan === plan);
  if (!row) return notChecked(need, "Linode's API says this only of premium and GPU plans");
  const subject = subjectOf(need);
  return row.available
    ? { subject, verdict: "ok", detail: `is available in ${region}` }
    : { subject, verdict: "missing", detail: `is not available in ${region}. Take another type or region. ${TICKET}` };
}

interface Quota {
  readonly quota_id: string;
  readonly resource_metric: string;
  readonly s3_endpoint: string;
}

async function checkBuckets(api: LinodeApi, environment: LinodeEnvironment, need: QuotaNeed): Promise<Check> {
  const { region } = environment;
  const host = objectStorageHost(region);
  const { data } = expected(await api<{ readonly data: readonly Quota[] }>(`object-storage/quotas?page_size=${PAGE}`));
  const quota = data.find((each) => each.s3_endpoint === host && each.resource_metric === "bucket");
  if (!quota) return notChecked(need, `Linode's API has no quota for buckets of ${host}`);
  const [usage, own] = await Promise.all([
    api<{ readonly quota_limit: number; readonly usage: number | null }>(
      `object-storage/quotas/${encodeURIComponent(quota.quota_id)}/usage`,
    ),
    api(`object-storage/buckets/${region}/${bucketName(environment, "backups")}`),
  ]);
  const { quota_limit: limit, usage: used } = expected(usage);
  return compare(need, { limit, others: (used ?? 0) - (own === undefined ? 0 : 1) }, () => TICKET);
}

function expected<Answer>(answer: Answer | undefined): Answer {
  if (answer === undefined) throw new Error("Linode's API does not have it");
  return answer;
}

function linodeApi({ LINODE_TOKEN = "", LINODE_URL = API }: Variables): LinodeApi {
  return async <Answer>(path: string) => {
    const response = await fetch(`${LINODE_URL}/v4/${path}`, {
      headers: { Authorization: `Bearer ${LINODE_TOKEN}` },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`Linode's API answered ${response.status} at /v4/${path}`);
    return (await response.json()) as Answer;
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";

const REDIRECT = "https://app.example.com/callback";
const MAX_REDIRECTS = 10;

export interface Issuer {
  readonly url: string;
  /** An ID token that the issuer makes for a client when an account logs in. */
  idToken(account: string, client?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts an OIDC issuer as a process of its own. Its accounts have the claims that are given. */
export async function startIssuer(accounts: Readonly<Record<string, object>>, port = 0): Promise<Issuer> {
  const program = join(import.meta.dirname, "oidc-server.mjs");
  const child = spawn(process.execPath, [program, String(port), JSON.stringify(accounts)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  const url = text.toString().trim();
  return { url, idToken: (account, client = "promptops") => logIn(url, account, client), stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill();
  await once(child, "exit");
}

/** Goes through the authorization code flow with PKCE, as a browser and an application would. */
async function logIn(issuer: string, account: string, client: string): Promise<string> {
  const verifier = randomBytes(32).toString("base64url");
  const query = new URLSearchParams({
    ...{ client_id: client, response_type: "code", redirect_uri: REDIRECT, scope: "openid email profile" },
    ...{ login_hint: account, code_challenge_method: "S256" },
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  });
  const code = await follow(`${issuer}/auth?${query.toString()}`);
  const answer = await fetch(`${issuer}/token`, {
    method: "POST",
    body: new URLSearchParams({
      ...{ grant_type: "authorization_code", code, redirect_uri: REDIRECT, client_id: client, code_verifier: verifier },
    }),
  });
  const { id_token: token } = (await answer.json()) as { id_token?: string };
  if (token === undefined) throw new Error(`the issuer made no token for ${account}: ${answer.status}`);
  return token;
}

/** The code in the address that the last redirect leads to. Cookies are sent back, as a browser does. */
async function follow(start: string): Promise<string> {
  const cookies = new Map<string, string>();
  let address = start;
  for (let count = 0; count < MAX_REDIRECTS; count++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(address, { redirect: "manual", headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location === null) throw new Error(`the issuer answered ${answer.status}: ${await answer.text()}`);
    address = new URL(location, address).href;
    const code = new URL(address).searchParams.get("code");
    if (address.startsWith(REDIRECT)) return code ?? "";
  }
  throw new Error("the issuer redirects without end");
}

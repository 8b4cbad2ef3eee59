import { problemOf } from "../api/problem.ts";

/** Whose session it is. */
export interface User {
  readonly organization: string;
  readonly email: string;
}

export interface Credentials extends User {
  readonly password: string;
}

export interface Acceptance {
  /** The token of an invitation or a password reset. */
  readonly invitation: string;
  readonly password: string;
}

interface State {
  /** Undefined before it is known, and after signing out. */
  readonly user: User | undefined;
  /** The session has ended, and requests wait until the user has signed in again. */
  readonly expired: boolean;
}

let state: State = { user: undefined, expired: false };
const listeners = new Set<() => void>();
/** Requests that wait for the user to sign in again. */
let waiting: (() => void)[] = [];
/** Tells the other tabs who signs in and out. */
const tabs = new BroadcastChannel("session");

export const sessionStore = {
  get: (): State => state,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function update(next: State): void {
  state = next;
  for (const listener of listeners) listener();
}

interface Shown {
  readonly session: User | null;
}

/** The user of the session; undefined without one. */
export async function loadUser(): Promise<User | undefined> {
  if (state.user) return state.user;
  const response = await fetch("/session");
  if (!response.ok) throw await problemOf(response);
  const { session } = (await response.json()) as Shown;
  update({ user: session ?? undefined, expired: false });
  return state.user;
}

/** Starts a session. Requests that waited for one are sent. Throws the `Problem` of a refusal. */
export const signIn = (credentials: Credentials): Promise<void> => startSession("/session", credentials);

/** Sets the password of an invited user, and starts a session. Throws the `Problem` of a refusal. */
export const acceptInvitation = (acceptance: Acceptance): Promise<void> =>
  startSession("/session/invitation", acceptance);

async function startSession(path: string, body: object): Promise<void> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw await problemOf(response);
  const { session } = (await response.json()) as Shown;
  tabs.postMessage(session);
  resume(session ?? undefined);
}

/** Ends the session in all tabs. */
export async function signOut(): Promise<void> {
  const response = await fetch("/session", { method: "DELETE" });
  if (!response.ok) throw await problemOf(response);
  tabs.postMessage(null);
  update({ user: undefined, expired: false });
}

/** Exchanges the session's tokens if they have expired. One tab at a time: a refresh token is good for one exchange. */
export const refresh = (): Promise<boolean> =>
  navigator.locks.request("session-refresh", async () => {
    const response = await fetch("/session/refresh", { method: "POST" });
    if (response.ok) return true;
    if (response.status === 401) return false;
    throw await problemOf(response);
  });

/** Resolves when the user has signed in again. */
export function waitForSignIn(): Promise<void> {
  update({ ...state, expired: true });
  return new Promise((resolve) => waiting.push(resolve));
}

function resume(user: User | undefined): void {
  const resolvers = waiting;
  waiting = [];
  update({ user, expired: false });
  for (const resolve of resolvers) resolve();
}

const isSame = (one: User | undefined, other: User | null): boolean =>
  one?.organization === other?.organization && one?.email === other?.email;

tabs.addEventListener("message", ({ data }: MessageEvent<User | null>) => {
  // What this tab shows is of one user.
  if (data === null || (state.user && !isSame(state.user, data))) location.reload();
  else if (state.expired) resume(data);
});

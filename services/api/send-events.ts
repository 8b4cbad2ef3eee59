import type { Api } from "./api.ts";
import type { Caller } from "./caller.ts";
import type { EventSink } from "./event-sink.ts";
import type { Follower } from "./follow.ts";

const PING_MILLISECONDS = 20_000;
/** Milliseconds between looks whether a follower's session or key is still valid. */
const CHECK_MILLISECONDS = 5_000;

/** Hands an execution's events to a client until it has all, leaves, or may no longer follow. */
export function sendEvents(
  { authentication, followers, open, log }: Api,
  sink: EventSink,
  { caller, ...position }: Pick<Follower, "execution" | "after"> & { readonly caller: Caller },
): void {
  const unfollow = followers.follow({
    ...{ tenant: caller.tenant, ...position },
    onEvents: (events) => sink.send(events),
    onEnd: () => {
      sink.close("end");
    },
  });
  const ping = setInterval(() => {
    sink.ping();
  }, PING_MILLISECONDS);
  const check = setInterval(() => {
    authentication.isValid(caller).then(
      (valid) => {
        if (!valid) sink.close("unauthenticated");
      },
      (error: unknown) => {
        log.warn({ err: error }, "a follower's credential could not be checked; it is tried again");
      },
    );
  }, CHECK_MILLISECONDS);
  const goAway = (): void => {
    sink.close("goingAway");
  };
  open.add(goAway);
  sink.onClosed(() => {
    clearInterval(ping);
    clearInterval(check);
    open.delete(goAway);
    unfollow();
  });
}

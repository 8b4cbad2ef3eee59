import { useSyncExternalStore } from "react";
import { sessionStore } from "./session.ts";

export const useSession = (): ReturnType<typeof sessionStore.get> =>
  useSyncExternalStore(sessionStore.subscribe, sessionStore.get);

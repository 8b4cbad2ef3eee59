import { useEffect, useRef } from "react";
import { useBlocker } from "react-router";

/** Asks before a page with unsaved input is left. Returns what permits leaving, for after it was saved. */
export function useLeaveGuard(isChanged: boolean): () => void {
  const isSaved = useRef(false);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      isChanged && !isSaved.current && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    if (confirm("Leave this page? What you have not saved is lost.")) blocker.proceed();
    else blocker.reset();
  }, [blocker]);
  useEffect(() => {
    if (!isChanged) return;
    const warn = (event: BeforeUnloadEvent): void => {
      if (!isSaved.current) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => {
      removeEventListener("beforeunload", warn);
    };
  }, [isChanged]);
  return () => {
    isSaved.current = true;
  };
}

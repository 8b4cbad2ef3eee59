import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "../ui/button.tsx";
import { signOut } from "./session.ts";
import { SignInForm } from "./sign-in-form.tsx";
import { useSession } from "./use-session.ts";

/** Asks for the password over the page when the session has ended. The page keeps its input, and its requests wait. */
export function SignInAgain(): ReactNode {
  const { user, expired } = useSession();
  const leave = (): void => {
    void signOut().finally(() => {
      location.assign("/sign-in");
    });
  };
  return (
    <ModalOverlay className="overlay" isOpen={expired} isKeyboardDismissDisabled>
      <Modal className="modal">
        <Dialog className="dialog stack">
          <Heading slot="title">Your session has ended</Heading>
          <p className="muted">
            Sign in again as <strong>{user?.email}</strong> of {user?.organization}. Nothing on this page is lost.
          </p>
          {user && <SignInForm user={user} onSignedIn={() => undefined} />}
          <Button variant="quiet" onPress={leave}>
            Sign in as another user
          </Button>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

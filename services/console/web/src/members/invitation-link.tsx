import type { ReactNode } from "react";
import { ShownOnce } from "../ui/shown-once.tsx";

interface Props {
  readonly email: string;
  readonly invitation: string;
  readonly close: () => void;
}

/** The link that a user opens to choose a password. The token is in the fragment, which browsers send to no server. */
export const InvitationLink = ({ email, invitation, close }: Props): ReactNode => (
  <ShownOnce
    title="Copy the link now"
    hint={`Send it to ${email} yourself. It can be used once, within seven days, and is shown only once.`}
    secret={`${location.origin}/invitation#${invitation}`}
    copyLabel="Copy link"
    close={close}
  />
);

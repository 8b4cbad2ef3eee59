import type { ReactNode } from "react";
import { useSignedInUser } from "../session/signed-in-user.ts";
import { Choice } from "../ui/choice.tsx";
import { DESCRIPTIONS, grantableRoles, type Role } from "./roles.ts";

interface Props {
  readonly role: Role;
  readonly onChange: (role: Role) => void;
}

/** One of the roles that the user may grant. */
export function RoleChoice({ role, onChange }: Props): ReactNode {
  const { role: own } = useSignedInUser();
  return (
    <Choice
      label="Role"
      value={role}
      options={grantableRoles(own).map((value) => ({ value, label: value }))}
      hint={DESCRIPTIONS[role]}
      onChange={(value) => {
        onChange(value as Role);
      }}
    />
  );
}

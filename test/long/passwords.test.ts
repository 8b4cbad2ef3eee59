import { describe, expect, test } from "vitest";
import { hashPassword, verifyPassword } from "../../services/api/passwords.ts";

describe("a stored password", () => {
  test("is another one each time, and only the password fits it, in any normal form", async () => {
    const [one, two] = [
      await hashPassword("caf\u00e9 au lait, please"),
      await hashPassword("caf\u00e9 au lait, please"),
    ];
    expect(one).not.toBe(two);
    expect(await verifyPassword("cafe\u0301 au lait, please", one)).toBe(true);
    expect(await verifyPassword("cafe au lait, please", one)).toBe(false);
  });

  test("of a lower cost is still read", async () => {
    const stored = "scrypt$16$8$1$AAAAAAAAAAAAAAAAAAAAAA$9mIVdgaFsL3G0sjvcAoMf8uuCLzg8EYOrC--n_vlc5s";
    expect([await verifyPassword("right", stored), await verifyPassword("wrong", stored)]).toEqual([true, false]);
  });
});

describe("a password without a user", () => {
  test.each([undefined, null])("fits %s never, and is hashed all the same", async (stored) => {
    // Two are hashed at once and 32 wait. One more is refused, if each takes a place.
    const answers = await Promise.allSettled(Array.from({ length: 35 }, () => verifyPassword("", stored)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toEqual(
      Array.from({ length: 34 }, () => ({ status: "fulfilled", value: false })),
    );
    expect(answers.at(-1)).toMatchObject({ reason: { code: "too_many_logins", retryAfterSeconds: 2 } });
    expect(await verifyPassword("", stored)).toBe(false);
  });
});

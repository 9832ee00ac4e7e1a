import { DeleteSuppressedDestinationCommand, GetSuppressedDestinationCommand } from "@aws-sdk/client-sesv2";
import { suppressionKey } from "../../../components/message-store/keys";
import { batchGet, batchWrite } from "../../../components/realtime-gateway/store";
import { playersByEmailQuery } from "../../../components/segment-pipeline/player-data";
import { playerPk } from "../../../components/shared/player-keys";
import { query, QueryFailed } from "./athena";
import type { Place } from "./place";
import { plainItem } from "./plain";
import type { Subject } from "./subject";

/** Entries of the stack's own list: hashes of addresses that must not be mailed. */
export const ownSuppression: Place = {
  title: "entries that forbid the addresses, in the stack",
  look: async (subject) => {
    const { access, addresses } = subject;
    const table = access.operations.messages?.table;
    if (table === undefined) return undefined;
    const keys = addresses.map((address) => suppressionKey(address));
    const found = await batchGet(
      access.database,
      keys.map(({ pk, sk }) => ({ table, key: { pk: { S: pk.S ?? "" }, sk: { S: sk.S ?? "" } } })),
    );
    const shared = found.length > 0 ? await sharedWith(subject) : undefined;
    const writes = found.map(({ item }) => ({
      delete: { pk: { S: item["pk"]?.S ?? "" }, sk: { S: item["sk"]?.S ?? "" } },
    }));
    return {
      where: table,
      found: found.length,
      data: found.map(({ item }) => plainItem(item)),
      ...(shared === undefined
        ? { erase: () => batchWrite(access.database, table, writes).then(() => writes.length) }
        : { remains: shared }),
    };
  },
};

/** SES's list, which is the account's. */
export const sesSuppression: Place = {
  title: "entries that forbid the addresses, in SES's list of the account",
  look: async (subject) => {
    const { access, addresses } = subject;
    if (!access.operations.emails) return undefined;
    const ses = access.aws.get("ses");
    const found: unknown[] = [];
    const listed: string[] = [];
    for (const EmailAddress of addresses) {
      try {
        const { SuppressedDestination } = await ses.send(new GetSuppressedDestinationCommand({ EmailAddress }));
        listed.push(EmailAddress);
        found.push({
          address: EmailAddress,
          reason: SuppressedDestination?.Reason,
          since: SuppressedDestination?.LastUpdateTime,
        });
      } catch (error) {
        if ((error as { name?: unknown }).name !== "NotFoundException") throw error;
      }
    }
    const shared = listed.length > 0 ? await sharedWith(subject) : undefined;
    return {
      where: "SES",
      found: listed.length,
      data: found,
      ...(shared === undefined
        ? {
            erase: async () => {
              for (const EmailAddress of listed)
                await ses.send(new DeleteSuppressedDestinationCommand({ EmailAddress }));
              return listed.length;
            },
          }
        : { remains: shared }),
    };
  },
};

/** Why the entries stay: another player has the address. Undefined where nobody else is known to have it. */
async function sharedWith({ access, addresses, player }: Subject): Promise<string | undefined> {
  const { segments } = access.operations;
  if (!segments) return undefined;
  try {
    for (const address of addresses) {
      const { rows } = await query(access, segments, playersByEmailQuery(segments, address));
      if (rows.some(([pk]) => pk !== playerPk(player)))
        return "another player has the address, whom the entry protects too";
    }
  } catch (error) {
    if (!(error instanceof QueryFailed)) throw error;
  }
  return undefined;
}

import { encodePlayerId } from "../../../components/shared/player-keys";
import type { Place } from "./place";

interface Mail {
  readonly id: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly time: number;
  readonly tags?: { readonly player?: readonly string[] };
}

/** The inbox of a local stack. On AWS mails are with their receivers, and nowhere else. */
export const inbox: Place = {
  title: "mails in the local inbox",
  look: async ({ access, addresses, player }) => {
    if (!access.local) return undefined;
    const base = `${access.local.endpoint}/_local/inbox`;
    const all = (await (await fetch(base)).json()) as Mail[];
    // Two players may share an address: whose mail it is, its tag tells, as far as it has one.
    const own = encodePlayerId(player);
    const mails = all.filter(({ to, tags }) =>
      tags?.player === undefined
        ? to.some((address) => addresses.includes(address.toLowerCase()))
        : tags.player.includes(own),
    );
    return {
      where: access.local.inbox,
      found: mails.length,
      data: mails,
      erase: async () => {
        for (const { id } of mails) await fetch(`${base}/${encodeURIComponent(id)}`, { method: "DELETE" });
        return mails.length;
      },
    };
  },
};

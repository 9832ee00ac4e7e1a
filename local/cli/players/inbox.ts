import type { Place } from "./place";

interface Mail {
  readonly id: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly time: number;
}

/** The inbox of a local stack. On AWS mails are with their receivers, and nowhere else. */
export const inbox: Place = {
  title: "mails in the local inbox",
  look: async ({ access, addresses }) => {
    if (!access.local) return undefined;
    const base = `${access.local.endpoint}/_local/inbox`;
    const all = (await (await fetch(base)).json()) as Mail[];
    const mails = all.filter(({ to }) => to.some((address) => addresses.includes(address.toLowerCase())));
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

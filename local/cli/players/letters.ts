import { letterAbout } from "../../../components/message-store/player-data";
import { day } from "../redrive/inspect";
import { queueState, visitLetters } from "../redrive/letters";
import type { Place } from "./place";

/** Dead letters about the player; those that name others too stay and are told. */
export const deadLetters: Place = {
  title: "dead letters about the player",
  look: async ({ access, player, addresses }) => {
    const queues = access.aws.get("sqs");
    let found = 0;
    let shared = 0;
    let missed = 0;
    let until = 0;
    const holding: { url: string; visible: number }[] = [];
    for (const { url } of access.operations.deadLetters) {
      const { visible, retentionSeconds } = await queueState(queues, url);
      if (visible === 0) continue;
      let here = 0;
      const seen = await visitLetters(queues, url, visible, ({ Body = "" }) => {
        const about = letterAbout(Body, player, addresses);
        if (about === "this player") here += 1;
        if (about === "this player and others") {
          shared += 1;
          until = Math.max(until, Date.now() + retentionSeconds * 1000);
        }
        return Promise.resolve("stays");
      });
      missed += Math.max(0, visible - seen);
      found += here;
      if (here > 0) holding.push({ url, visible });
    }
    return {
      where: "dead-letter queues",
      found,
      // Others were reading at the same time.
      unseen: missed > 0,
      erase: async () => {
        let gone = 0;
        for (const { url, visible } of holding) {
          await visitLetters(queues, url, visible, ({ Body = "" }) => {
            const goes = letterAbout(Body, player, addresses) === "this player";
            if (goes) gone += 1;
            return Promise.resolve(goes ? "goes" : "stays");
          });
        }
        return gone;
      },
      ...(shared === 0
        ? {}
        : { remains: `${shared} letters name others too: redrive or drop them; gone by themselves by ${day(until)}` }),
    };
  },
};

/** Queues on the way: nobody can look into them without taking from them. What they hold finds no item and does nothing. */
export const queuesInFlight: Place = {
  title: "queues on the way (cannot be searched)",
  look: async ({ access }) => {
    const queues = access.aws.get("sqs");
    const live = new Set(
      access.operations.deadLetters.flatMap(({ back }) => (back.kind === "queue" ? [back.queueUrl] : [])),
    );
    let waiting = 0;
    let longest = 0;
    for (const url of live) {
      const { visible, busy, retentionSeconds } = await queueState(queues, url);
      waiting += visible + busy;
      longest = Math.max(longest, retentionSeconds);
    }
    const remains =
      waiting === 0
        ? undefined
        : `${waiting} entries of all players are on their way; one of the player's finds nothing to do, within 15 minutes, at the latest by ${day(Date.now() + longest * 1000)}`;
    return { where: `${live.size} queues`, found: 0, ...(remains === undefined ? {} : { remains }) };
  },
};

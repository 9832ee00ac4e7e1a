export type Step =
  | { readonly do: "hello"; readonly player: string; readonly connection: string; readonly wait?: boolean }
  | { readonly do: "drop"; readonly player: string; readonly connection: string }
  | {
      readonly do: "friends";
      readonly player: string;
      readonly connection: string;
      readonly action: string;
      readonly with: string;
    };

const hello = (player: string, connection: string, wait = true): Step => ({ do: "hello", player, connection, wait });
const drop = (player: string, connection: string): Step => ({ do: "drop", player, connection });
const friends = (player: string, connection: string, action: string): Step => ({
  do: "friends",
  player,
  connection,
  action,
  with: player === "P" ? "Q" : "P",
});

/** Scripts that run at the same time: connections that come and go, and friendships that change meanwhile. */
export const SCENARIOS: Readonly<Record<string, readonly (readonly Step[])[]>> = {
  "both connect": [[hello("P", "p1")], [hello("Q", "q1")]],
  "connect against disconnect": [[hello("P", "p1")], [hello("Q", "q1"), drop("Q", "q1")]],
  flap: [[hello("P", "p1")], [hello("Q", "q1"), drop("Q", "q1"), hello("Q", "q2")]],
  "two devices": [[hello("P", "p1")], [hello("Q", "q1")], [hello("Q", "q2"), drop("Q", "q2")]],
  block: [[hello("P", "p1")], [hello("Q", "q1"), friends("Q", "q1", "block")]],
  "block against flap": [
    [hello("P", "p1"), drop("P", "p1"), hello("P", "p2")],
    [hello("Q", "q1"), friends("Q", "q1", "block")],
  ],
  "both flap": [
    [hello("P", "p1"), drop("P", "p1"), hello("P", "p2")],
    [hello("Q", "q1"), drop("Q", "q1")],
  ],
  "drop before the answer": [[hello("P", "p1", false), drop("P", "p1"), hello("P", "p2")], [hello("Q", "q1")]],
  "remove and befriend again": [
    [hello("P", "p1"), friends("P", "p1", "remove"), friends("P", "p1", "request")],
    [hello("Q", "q1"), friends("Q", "q1", "request")],
  ],
  "block and unblock against connect": [
    [friends("P", "p0", "block"), friends("P", "p0", "unblock"), hello("P", "p1")],
    [hello("Q", "q1"), hello("Q", "q2")],
  ],
  "mute against connect": [
    [hello("P", "p1"), friends("P", "p1", "mute")],
    [hello("Q", "q1"), drop("Q", "q1")],
  ],
  "mute and unmute against flap": [
    [hello("P", "p1"), friends("P", "p1", "mute"), friends("P", "p1", "unmute")],
    [hello("Q", "q1"), drop("Q", "q1"), hello("Q", "q2")],
  ],
};

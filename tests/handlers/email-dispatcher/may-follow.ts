import { OWN_STEPS, RANK, type MessageStatus } from "../../../components/message-store/status";

/** Whether a message may go from one status to the next: a step of our own, or a provider's report that ranks higher. */
export function mayFollow(from: MessageStatus, to: MessageStatus): boolean {
  const own: Partial<Record<MessageStatus, readonly MessageStatus[]>> = OWN_STEPS;
  return (own[from] ?? []).includes(to) || (RANK[to] >= RANK.sent && RANK[to] > RANK[from]);
}

/** Crockford's alphabet: no letter that looks like a digit. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** An id that sorts by time: 10 characters of milliseconds, 16 of chance. https://github.com/ulid/spec */
export function ulid(nowMs: number): string {
  let time = "";
  for (let i = 0, left = nowMs; i < 10; i++, left = Math.floor(left / 32)) time = ALPHABET.charAt(left % 32) + time;
  let chance = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) chance += ALPHABET.charAt(byte % 32);
  return time + chance;
}

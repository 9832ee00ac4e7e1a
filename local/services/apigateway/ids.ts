const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function text(random: () => number, length: number, alphabet: string): string {
  let id = "";
  for (let i = 0; i < length; i++) id += alphabet[Math.floor(random() * alphabet.length)]!;
  return id;
}

/** e.g. `QgxyOfgxoAMCJlg=`; the sign at the end shows programs that forget to encode it in a path. */
export function connectionId(random: () => number): string {
  return `${text(random, 15, letters)}=`;
}

export function requestId(random: () => number): string {
  return `${text(random, 15, letters)}=`;
}

/** Id of an API: ten lower-case letters and digits. */
export function apiId(random: () => number): string {
  return text(random, 10, letters.slice(26));
}

/** Id of a route, integration, authorizer or deployment. */
export function partId(random: () => number): string {
  return text(random, 7, letters.slice(26));
}

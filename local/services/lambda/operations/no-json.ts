const expected = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";
const source = "at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: ";

/**
 * Why a payload is no JSON, in the words of AWS's parser where it already stumbles over the first character, as for text
 * without quotes and for bytes that a client has decoded from Base64 that never was any.
 * @param otherwise what this machine's parser says
 */
export function whyNoJson(payload: string, otherwise: string): string {
  const [first = ""] = payload.trimStart();
  const word = /^[A-Za-z_$][\w$]*/.exec(payload.trimStart())?.[0];
  const before = payload.length - payload.trimStart().length;
  if (word !== undefined && !/^(true|false|null)$/.test(word))
    return `Unrecognized token '${word}': was expecting (${expected})\n ${source}${before + word.length + 1}]`;
  if (first === "" || /["{[\d-]/.test(first) || word !== undefined) return otherwise;
  const code = first.codePointAt(0)!;
  const shown = code < 32 || (code > 126 && code < 160) ? `(CTRL-CHAR, code ${code})` : `'${first}' (code ${code})`;
  return `Unexpected character (${shown}): expected a valid value (${expected})\n ${source}${before + 1}]`;
}

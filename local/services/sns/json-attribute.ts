import { JsonText, JsonTextError } from "../json-text";

/**
 * The value of an attribute that is JSON text.
 * @throws the error that `refuse` makes of AWS's words for a text that is none.
 */
export function readJsonAttribute(name: string, text: string, refuse: (reason: string) => Error): unknown {
  try {
    Array.from(new JsonText(text, false).tokens());
  } catch (error) {
    throw error instanceof JsonTextError ? refuse(`${name}: failed to parse JSON. ${error.message}`) : error;
  }
  return JSON.parse(text);
}
